package dev.assent.coordination.net.peer;

import dev.assent.coordination.codec.PeerCodec;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.AcceptTrouble;
import dev.assent.coordination.net.BurstLog;
import dev.assent.coordination.net.secure.Newcomers;
import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.time.Clock;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP links to the other members, on one event loop, which the owner's thread runs. The member with the higher id
 * dials.
 *
 * <p>A message sent to several members in a row is encoded once. Sending gathers; a flush writes each link's batch in
 * one step.
 */
public final class NettyPeerTransport implements PeerTransport {
    private static final Logger LOG = LoggerFactory.getLogger(NettyPeerTransport.class);
    private static final int CLOSE_SECONDS_MAX = 5;
    private static final int BIND_SECONDS_MAX = 30;
    private static final int ENCODE_BYTES = 1024;

    /** Connections accepted that have not introduced themselves yet; one more displaces the one that came first. */
    private static final int STRANGERS_MAX = 64;

    /** For one thread with caches the cheapest. */
    private static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

    private final PeerNetConfig config;
    private final Optional<TlsSide> tls;
    private final PeerCodec codec = new PeerCodec();
    private final Complaints complaints = new Complaints();
    private final Newcomers strangers = new Newcomers(
            STRANGERS_MAX,
            displaced -> complaints.raise(
                    Complaints.STRANGER,
                    "more than " + STRANGERS_MAX + " connections have not introduced themselves; those that have been"
                            + " silent for longest are closed"));
    private final ManualIoEventLoop loop;
    private final ExecutorService lookups;
    private final ChannelGroup channels;
    private final ConcurrentMap<ServerId, Link> links = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServerId, Dialler> diallers = new ConcurrentHashMap<>();
    private volatile @Nullable Channel server;

    private final AtomicBoolean closing = new AtomicBoolean();

    /** Of the event loop only. */
    private boolean owned;

    private long generations;

    /** Of the sending thread only. */
    private final List<Link> gathered = new ArrayList<>();

    private @Nullable PeerMessage encodedMessage;
    private @Nullable ByteBuf encodedFrame;

    /** In plain text, for members on one machine or in a network that is trusted. */
    public NettyPeerTransport(PeerNetConfig config) {
        this(config, Optional.empty());
    }

    /**
     * A transport that is not started yet.
     *
     * @param tls of every link, if there is any; closed with the transport
     */
    public NettyPeerTransport(PeerNetConfig config, Optional<TlsSide> tls) {
        this.config = config;
        this.tls = tls;
        String name = "assent-peers-" + config.self();
        this.loop = new ManualIoEventLoop(
                null, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.channels = new DefaultChannelGroup(loop, true);
        this.lookups = Executors.newSingleThreadExecutor(new DefaultThreadFactory(name + "-names", true));
    }

    /** Netty keeps caches for threads of this kind only. */
    @Override
    public Thread thread(String name, Runnable body) {
        return new FastThreadLocalThread(body, name);
    }

    @Override
    public void run(long nanosMax) {
        adopt();
        if (nanosMax > 0) {
            loop.run(nanosMax);
        } else {
            loop.runNow();
        }
    }

    /** The first thread that runs the loop owns it. */
    private void adopt() {
        if (!owned) {
            loop.setOwningThread(Thread.currentThread());
            owned = true;
        }
    }

    /** A task, because a plain wake-up just before the loop begins to wait would be lost. */
    @Override
    public void wakeUp() {
        try {
            loop.execute(() -> {});
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed: nobody waits any more");
        }
    }

    @Override
    public void start(Listener listener) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(serverType())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, BUFFERS)
                .childHandler(new Initializer(Optional.empty(), listener))
                .bind(config.bind());
        if (!bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IOException("nobody runs the transport that is to listen on " + config.bind());
        }
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen for other members on " + config.bind() + " ("
                            + Complaints.reason(bound.cause()) + "): stop the process that uses the port, or correct"
                            + " this server's own server line",
                    bound.cause());
        }
        bound.channel().pipeline().addLast(new AcceptTrouble("members", this::later));
        server = bound.channel();
        channels.add(bound.channel());
        for (ServerId peer : config.members()) {
            if (config.self().compareTo(peer) > 0) {
                Dialler dialler = new Dialler(peer, config, bootstrap(peer, listener), loop, lookups, complaints);
                diallers.put(peer, dialler);
                loop.execute(dialler::dial);
            }
        }
    }

    private void later(Runnable task) {
        if (!loop.isShuttingDown()) {
            Future<?> unused = loop.schedule(task, BurstLog.SECONDS, TimeUnit.SECONDS);
        }
    }

    private Bootstrap bootstrap(ServerId peer, Listener listener) {
        return new Bootstrap()
                .group(loop)
                .channel(clientType())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, BUFFERS)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, config.limits().connectMillisMax())
                .handler(new Initializer(Optional.of(peer), listener));
    }

    private static Class<? extends ServerSocketChannel> serverType() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private static Class<? extends SocketChannel> clientType() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Where this member listens, with the port that was chosen; only after {@link #start}. */
    public InetSocketAddress address() {
        Channel bound = server;
        if (bound == null) {
            throw new IllegalStateException("the transport of " + config.self() + " has not been started");
        }
        return (InetSocketAddress) bound.localAddress();
    }

    /** Puts the introduction at the end of a new connection's pipeline. */
    private final class Initializer extends ChannelInitializer<SocketChannel> {
        private final Optional<ServerId> dialled;
        private final Listener listener;

        Initializer(Optional<ServerId> dialled, Listener listener) {
            this.dialled = dialled;
            this.listener = listener;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            channels.add(channel);
            if (dialled.isEmpty()) {
                strangers.entered(channel);
            }
            tls.map(side -> dialled.isEmpty() ? side.accepted(channel.alloc()) : side.dialled(channel.alloc()))
                    .ifPresent(handler -> channel.pipeline().addLast(handler));
            Introduction introduction = new Introduction(
                    config,
                    dialled,
                    tls.isPresent(),
                    complaints,
                    (peer, context) -> establish(peer, context, listener));
            channel.pipeline().addLast(new Frames(Greeting.BYTES_MAX), introduction);
        }
    }

    private void establish(ServerId peer, ChannelHandlerContext introduction, Listener listener) {
        Channel channel = introduction.channel();
        // One that the other end has given up may not be known as broken here yet.
        Link old = links.get(peer);
        if (old != null) {
            end(old, listener);
            Future<?> unused = old.channel().close();
        }
        Link link = new Link(peer, ++generations, channel, config.limits(), tls.isPresent());
        int idleMillis = config.limits().idleMillisMax();
        channel.pipeline().get(Frames.class).allow(PeerCodec.MESSAGE_BYTES_MAX);
        channel.pipeline()
                .addFirst(new IdleStateHandler(idleMillis, idleMillis / 3, 0, TimeUnit.MILLISECONDS))
                .replace(
                        introduction.handler(),
                        "link",
                        new LinkReader(link, codec, listener, () -> end(link, listener)));
        strangers.known(channel);
        Dialler dialler = diallers.get(peer);
        if (dialler != null) {
            dialler.succeeded();
        }
        complaints.settle(peer.toString());
        links.put(peer, link);
        listener.connected(peer, link.generation);
    }

    private void end(Link link, Listener listener) {
        if (links.remove(link.peer, link)) {
            link.closed();
            listener.disconnected(link.peer, link.generation);
        }
    }

    @Override
    public void send(ServerId to, long generation, PeerMessage message) {
        Link link = links.get(to);
        if (link == null || link.generation != generation) {
            return;
        }
        if (!link.hasGathered()) {
            gathered.add(link);
        }
        link.gather(encoded(message));
    }

    /** The frame of {@code message}; the same one as long as the same message is sent to one member after the other. */
    private ByteBuf encoded(PeerMessage message) {
        ByteBuf frame = encodedFrame;
        if (frame != null && message == encodedMessage) {
            return frame;
        }
        forgetEncoded();
        frame = BUFFERS.directBuffer(ENCODE_BYTES).writeZero(Frames.HEADER_BYTES);
        codec.encode(message, frame);
        Frames.finish(frame, Frames.HEADER_BYTES);
        encodedMessage = message;
        encodedFrame = frame;
        return frame;
    }

    private void forgetEncoded() {
        if (encodedFrame != null) {
            encodedFrame.release();
        }
        encodedFrame = null;
        encodedMessage = null;
    }

    @Override
    public void flush() {
        forgetEncoded();
        gathered.forEach(Link::flush);
        gathered.clear();
    }

    @Override
    public void processed(ServerId from, long generation, int bytes) {
        Link link = links.get(from);
        if (link != null && link.generation == generation) {
            link.processed(bytes);
        }
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        adopt();
        lookups.shutdownNow();
        diallers.values().forEach(Dialler::stop);
        Future<?> closed = channels.close();
        Future<?> ended = loop.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        long endNanos = Clock.SYSTEM.nanos() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS_MAX);
        while (!(closed.isDone() && ended.isDone()) && Clock.SYSTEM.nanos() - endNanos < 0) {
            loop.runNow();
        }
        tls.ifPresent(TlsSide::close);
        if (!ended.isDone()) {
            LOG.warn("the links of {} took more than {} s to close", config.self(), CLOSE_SECONDS_MAX);
        }
    }
}
