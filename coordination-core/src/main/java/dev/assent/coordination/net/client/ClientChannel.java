package dev.assent.coordination.net.client;

import dev.assent.coordination.net.client.Rejections.Reason;
import dev.assent.coordination.net.secure.Newcomers;
import dev.assent.coordination.net.secure.TlsSide;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: frames in, bytes out, back-pressure between the two.
 *
 * <p>Confined to its event loop. Replies are gathered in one buffer and leave in one write per {@link #flush}. While
 * the conversation has too much under way, or the client does not take its replies, or all clients together take up
 * too much memory and this one has something to wait for, nothing more is read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive, which is handled.
public final class ClientChannel extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);
    /** A client that takes no replies is cut off when so many times the pause threshold wait for it. */
    private static final int UNSENT_FACTOR_MAX = 4;
    /** Between two looks whether memory is still exhausted. */
    private static final int LOOK_AGAIN_MILLIS = 100;

    private final SocketChannel channel;
    private final ListenerLimits limits;
    private final Shared shared;
    private final Conversation.Opener opener;
    private final FrameBuffer frames;
    private final Holding holding;
    private final OutgoingReplies replies;

    private @Nullable Conversation conversation;
    private @Nullable ScheduledFuture<?> handshake;
    private boolean held;
    /** Whether its four-letter word is being answered. */
    private boolean lastWord;

    private boolean ending;
    private boolean draining;
    /** Whether the network is read, as was last decided. */
    private boolean reading = true;

    private boolean looking;
    /** What the connections of one listener have in common. */
    record Shared(ConnectionCensus census, ClientMemory memory, Rejections rejections, Newcomers newcomers) {}

    ClientChannel(SocketChannel channel, ListenerLimits limits, Shared shared, Conversation.Opener opener) {
        this.channel = channel;
        this.limits = limits;
        this.shared = shared;
        this.opener = opener;
        this.frames = new FrameBuffer(channel.alloc());
        this.holding =
                new Holding(shared.memory(), why -> channel.eventLoop().execute(() -> reject(Reason.MEMORY, why)));
        this.replies = new OutgoingReplies(channel, holding, this::followPressure);
    }

    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    public InetSocketAddress remote() {
        return channel.remoteAddress();
    }

    public boolean isOpen() {
        return !ending;
    }

    /** The buffer that replies are appended to, whole frames at a time; {@link #flush} sends it. */
    public ByteBuf out() {
        return replies.buffer();
    }

    /** Sends what was gathered; without effect when there is nothing. */
    public void flush() {
        long unsent = replies.flush();
        long unsentMax = (long) limits.replyBytesMax() * UNSENT_FACTOR_MAX;
        if (!ending && unsent > unsentMax) {
            reject(Reason.UNREAD, "it does not read its replies: more than " + unsentMax + " B wait for it");
        }
    }

    /** Whether what the client sends is not read, for a reason that is not its own doing: it cannot be taken for silent. */
    public boolean isDeaf() {
        return !ending && !reading && !waitsForClient();
    }

    /**
     * Whether the client, of whom nothing is read before it takes its replies, has taken something of them since this
     * was last asked. It shows life so and in no other way.
     */
    public boolean takeProgress() {
        boolean more = replies.takeProgress();
        return more && !ending && !reading && waitsForClient();
    }

    private boolean waitsForClient() {
        return !channel.isWritable() || holding.waitsForClient();
    }

    /** The handshake is over: from here on the session's time-out rules. */
    public void established() {
        ScheduledFuture<?> timer = handshake;
        if (timer != null) {
            timer.cancel(false);
            handshake = null;
        }
    }

    /**
     * So many bytes of requests are under way.
     *
     * @param hold whether no further frame is to be read because of it; bytes already read wait
     */
    public void underWay(long bytes, boolean hold) {
        held = hold;
        holding.underWay(bytes);
        followPressure();
    }

    /** Sends what was gathered and closes. */
    public void end() {
        if (!ending) {
            ending = true;
            flush();
            channel.close();
        }
    }

    /** Closes for a reason worth a line in the log. */
    public void reject(String reason) {
        reject(Reason.CONDUCT, reason);
    }

    /** Says what a client does wrong that does not cost it its connection. */
    public void complain(String what) {
        boolean unused = shared.rejections().happened(Reason.ANSWERED, "client " + name() + ": " + what);
    }

    private void reject(Reason reason, String why) {
        if (!ending) {
            boolean unused =
                    shared.rejections().happened(reason, "client " + name() + ": " + why + "; connection closed");
            end();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Optional<String> tooMany = shared.census().entered(address());
        if (tooMany.isPresent()) {
            reject(Reason.REFUSED, "refused, " + tooMany.get());
            return;
        }
        handshake = eventLoop()
                .schedule(
                        () -> reject(
                                Reason.SILENT,
                                "no session within " + limits.handshake().toMillis() + " ms"),
                        limits.handshake().toMillis(),
                        TimeUnit.MILLISECONDS);
        conversation = opener.open(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ending = true;
        established();
        shared.census().left(address());
        frames.clear();
        replies.drop();
        Conversation over = conversation;
        if (over != null) {
            conversation = null;
            over.closed();
        }
        holding.nothing();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (ending) {
            bytes.release();
            return;
        }
        frames.add(bytes);
        drain();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent over) {
            shared.newcomers().known(channel);
            Throwable cause = over.cause();
            Conversation listening = conversation;
            if (cause != null) {
                reject(Reason.HANDSHAKE, "no secured connection: " + TlsSide.reason(cause));
            } else if (listening != null) {
                TlsSide.shownBy(context.pipeline()).ifPresent(listening::certified);
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        followPressure();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("client {}: {}", name(), cause.toString());
        } else if (cause.getCause() instanceof SSLException failed) {
            reject(Reason.HANDSHAKE, "no secured connection: " + TlsSide.reason(failed));
        } else if (cause instanceof OutOfMemoryError) {
            // Closing gives back what this one holds.
            boolean unused = shared.rejections()
                    .happened(Reason.MEMORY, "client " + name() + ": " + cause + "; connection closed");
        } else {
            boolean told = shared.rejections()
                    .happened(Reason.FAULT, "client " + name() + ": fault of this server; connection closed");
            if (told) {
                LOG.error("the fault", cause);
            }
        }
        ending = true;
        channel.close();
        if (cause instanceof LinkageError) {
            opener.failed(cause);
        }
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            boolean more = true;
            while (more) {
                more = mayRead() && takeFrame();
            }
        } catch (MalformedFrameException e) {
            reject(Reason.UNREADABLE, String.valueOf(e.getMessage()));
        } finally {
            draining = false;
        }
        holding.unread(frames.heldBytes());
        followPressure();
    }

    /** Handles what had to wait; no read-complete of the network follows. */
    private void goOn() {
        drain();
        flush();
    }

    private boolean mayRead() {
        return !ending && !lastWord && !held && channel.isWritable() && !holding.mustWait();
    }

    /** Handles the next whole frame, if there is one. */
    private boolean takeFrame() throws MalformedFrameException {
        Conversation listening = conversation;
        if (listening == null || !frames.hasLength()) {
            return false;
        }
        int length = frames.length();
        if (length < 0 || length > limits.frameBytesMax()) {
            return takeWord(length);
        }
        byte[] frame = frames.take();
        if (frame == null) {
            return false;
        }
        listening.frame(frame);
        return true;
    }

    private boolean takeWord(int length) throws MalformedFrameException {
        String word = frames.word();
        boolean first = handshake != null && word.chars().allMatch(c -> c >= 'a' && c <= 'z');
        if (!first) {
            throw new MalformedFrameException("a frame of " + length + " B is outside 0.." + limits.frameBytesMax()
                    + "; raise jute.maxbuffer here and at the client if such requests are meant");
        }
        frames.clear();
        // Nothing but the answer comes now; the handshake's time is its time, too.
        lastWord = true;
        if (limits.words().contains(word)) {
            opener.answer(word, this::tellLast);
        } else {
            tellLast(word + " is not executed because it is not in the whitelist.\n");
        }
        return false;
    }

    /** From any thread. */
    private void tellLast(String text) {
        if (!eventLoop().inEventLoop()) {
            eventLoop().execute(() -> tellLast(text));
        } else if (!ending) {
            out().writeCharSequence(text, StandardCharsets.UTF_8);
            end();
        }
    }

    /** To be called whenever {@link #mayRead} may have changed. */
    private void followPressure() {
        if (draining) {
            return;
        }
        boolean may = mayRead();
        if (may != reading) {
            reading = may;
            channel.config().setAutoRead(may);
            if (may && !frames.isEmpty()) {
                eventLoop().execute(this::goOn);
            }
        }
        if (!may && !looking && !ending && holding.mustBeWoken()) {
            looking = true;
            eventLoop().schedule(this::lookAgain, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Memory is exhausted by others, none of whom will say when it is not any more. */
    private void lookAgain() {
        looking = false;
        shared.memory().evictIfExhausted();
        followPressure();
    }

    private InetAddress address() {
        return channel.remoteAddress().getAddress();
    }

    private String name() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? "unknown" : remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }
}
