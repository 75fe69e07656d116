package dev.assent.coordination.net.client;

import dev.assent.coordination.net.AcceptTrouble;
import dev.assent.coordination.net.BurstLog;
import dev.assent.coordination.net.secure.Newcomers;
import dev.assent.time.Clock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Accepts clients on one address or two and reads their frames on a few event loops; what bounds them counts for both
 * together. Thread-safe.
 */
public final class ClientListener implements AutoCloseable {
    private static final long CLOSE_SECONDS_MAX = 5;
    private static final int BACKLOG = 1_024;

    /** Handshakes under way; one more displaces the one that has been so for longest. */
    private static final int HANDSHAKES_MAX = 1_000;

    private final EventLoopGroup loops;
    private final ChannelGroup channels;
    private final ConnectionCensus census;
    private final List<Channel> servers;
    private final AtomicBoolean closing;

    private ClientListener(
            EventLoopGroup loops,
            ChannelGroup channels,
            ConnectionCensus census,
            List<Channel> servers,
            AtomicBoolean closing) {
        this.loops = loops;
        this.channels = channels;
        this.census = census;
        this.servers = List.copyOf(servers);
        this.closing = closing;
    }

    /**
     * Starts to listen.
     *
     * @param entrances at least one
     * @param threads event loops that the connections are spread over
     * @param onFatal told when an event loop has ended by itself: its connections are served no more
     * @throws IOException when the address cannot be listened on; the message names it and the remedy
     */
    public static ClientListener listen(
            List<Entrance> entrances,
            ListenerLimits limits,
            int threads,
            Conversation.Opener opener,
            Consumer<Throwable> onFatal)
            throws IOException {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("assent-clients", true), io);
        ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ConnectionCensus census = new ConnectionCensus(limits.connections());
        Executor later = task -> {
            if (!loops.isShuttingDown()) {
                Future<?> unused = loops.schedule(task, BurstLog.SECONDS, TimeUnit.SECONDS);
            }
        };
        Rejections rejections = new Rejections(later);
        Newcomers newcomers = new Newcomers(HANDSHAKES_MAX, displaced -> {
            boolean unused = rejections.happened(
                    Rejections.Reason.HANDSHAKE,
                    "client " + displaced.remoteAddress() + ": disconnected, its handshake was the oldest of more than "
                            + HANDSHAKES_MAX + " that are under way");
        });
        ClientMemory memory = new ClientMemory(limits.memoryBytesMax(), Clock.SYSTEM::nanos, later);
        ClientChannel.Shared shared = new ClientChannel.Shared(census, memory, rejections, newcomers);
        WriteBufferWaterMark waterMark = new WriteBufferWaterMark(limits.replyBytesMax() / 2, limits.replyBytesMax());
        Class<? extends ServerSocketChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark);
        List<Channel> servers = new ArrayList<>();
        for (Entrance entrance : entrances) {
            ServerBootstrap door = bootstrap.clone().childHandler(new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    entrance.tls().ifPresent(tls -> {
                        newcomers.entered(channel);
                        channel.pipeline().addLast(tls.accepted(channel.alloc()));
                    });
                    channel.pipeline().addLast(new ClientChannel(channel, limits, shared, opener));
                }
            });
            servers.add(bind(door, entrance, loops, later));
        }
        AtomicBoolean closing = new AtomicBoolean();
        for (EventExecutor loop : loops) {
            Future<?> unused = loop.terminationFuture().addListener(ended -> {
                if (!closing.get()) {
                    onFatal.accept(new IllegalStateException("an event loop of clients' connections has ended"));
                }
            });
        }
        return new ClientListener(loops, channels, census, servers, closing);
    }

    private static Channel bind(ServerBootstrap door, Entrance entrance, EventLoopGroup loops, Executor later)
            throws IOException {
        InetSocketAddress address = entrance.address();
        var bound = door.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            // Ends what was bound before, too.
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen for clients on " + address.getAddress().getHostAddress() + ":" + address.getPort()
                            + " ("
                            + bound.cause().getMessage() + "): stop the process that holds the port, or set another "
                            + entrance.setting(),
                    bound.cause());
        }
        bound.channel().pipeline().addLast(new AcceptTrouble("clients", later));
        return bound.channel();
    }

    /** The addresses listened on, with the ports that were chosen, in the entrances' order. */
    public List<InetSocketAddress> addresses() {
        return servers.stream()
                .map(server -> (InetSocketAddress) server.localAddress())
                .toList();
    }

    public ScheduledExecutorService loops() {
        return loops;
    }

    public int connections() {
        return census.connections();
    }

    /** Stops to listen and closes every connection; the event loops still run. */
    public void closeConnections() {
        closing.set(true);
        for (Channel server : servers) {
            server.close().awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        }
        channels.close().awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** The same, and ends the event loops. */
    @Override
    public void close() {
        closeConnections();
        loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
