package dev.assent.coordination.net.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: frames in, bytes out, back-pressure between the two.
 *
 * <p>Confined to its event loop. Replies are gathered in one buffer and leave in one write per {@link #flush}. While
 * the conversation has too much under way, or the client does not take its replies, nothing more is read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive, which is handled.
public final class ClientChannel extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);
    private static final int LENGTH_BYTES = 4;
    private static final int GATHERED_BYTES_MAX = 64 << 10;
    /** A client that takes no replies is cut off when so many times the pause threshold wait for it. */
    private static final int UNSENT_FACTOR_MAX = 4;

    private final SocketChannel channel;
    private final ListenerLimits limits;
    private final ConnectionCensus census;
    private final Conversation.Opener opener;

    private @Nullable Conversation conversation;
    private @Nullable ByteBuf unread;
    private @Nullable ByteBuf gathered;
    private @Nullable ScheduledFuture<?> handshake;
    private boolean held;
    private boolean ending;
    private boolean draining;

    ClientChannel(SocketChannel channel, ListenerLimits limits, ConnectionCensus census, Conversation.Opener opener) {
        this.channel = channel;
        this.limits = limits;
        this.census = census;
        this.opener = opener;
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
        ByteBuf buffer = gathered;
        if (buffer != null && buffer.readableBytes() > GATHERED_BYTES_MAX) {
            channel.write(buffer, channel.voidPromise());
            buffer = null;
        }
        if (buffer == null) {
            buffer = channel.alloc().ioBuffer(512);
            gathered = buffer;
        }
        return buffer;
    }

    /** Sends what was gathered; without effect when there is nothing. */
    public void flush() {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            return;
        }
        gathered = null;
        if (!channel.isActive()) {
            buffer.release();
            return;
        }
        channel.writeAndFlush(buffer, channel.voidPromise());
        long unsentMax = (long) limits.replyBytesMax() * UNSENT_FACTOR_MAX;
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        if (!ending && unsent != null && unsent.totalPendingWriteBytes() > unsentMax) {
            reject("it does not read its replies: more than " + unsentMax + " B wait for it");
        }
    }

    /** The handshake is over: from here on the session's time-out rules. */
    public void established() {
        ScheduledFuture<?> timer = handshake;
        if (timer != null) {
            timer.cancel(false);
            handshake = null;
        }
    }

    /** Reads no further frame until {@link #resume}; bytes already read wait. */
    public void hold() {
        held = true;
        followPressure();
    }

    public void resume() {
        if (held) {
            held = false;
            followPressure();
            if (!draining) {
                eventLoop().execute(this::goOn);
            }
        }
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
        if (!ending) {
            LOG.warn("client {}: {}; connection closed", name(), reason);
            end();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Optional<String> tooMany = census.entered(address());
        if (tooMany.isPresent()) {
            reject(tooMany.get());
            return;
        }
        handshake = eventLoop()
                .schedule(
                        () -> reject("no session within " + limits.handshake().toMillis() + " ms"),
                        limits.handshake().toMillis(),
                        TimeUnit.MILLISECONDS);
        conversation = opener.open(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ending = true;
        established();
        census.left(address());
        ByteBuf rest = unread;
        if (rest != null) {
            unread = null;
            rest.release();
        }
        ByteBuf unsent = gathered;
        if (unsent != null) {
            gathered = null;
            unsent.release();
        }
        Conversation over = conversation;
        if (over != null) {
            conversation = null;
            over.closed();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (ending) {
            bytes.release();
            return;
        }
        ByteBuf waiting = unread;
        unread = waiting == null
                ? bytes
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), waiting, bytes);
        drain();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        completeRead();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        followPressure();
        if (channel.isWritable() && unread != null && !draining) {
            eventLoop().execute(this::goOn);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("client {}: {}", name(), cause.toString());
        } else {
            LOG.error("client {}: its connection is closed after a fault of this server", name(), cause);
        }
        ending = true;
        channel.close();
    }

    private void drain() {
        ByteBuf bytes = unread;
        if (bytes == null || draining) {
            return;
        }
        draining = true;
        try {
            boolean more = true;
            while (more) {
                more = mayRead() && takeFrame(bytes);
            }
        } catch (MalformedFrameException e) {
            reject(String.valueOf(e.getMessage()));
        } finally {
            draining = false;
        }
        if (unread != null && !bytes.isReadable()) {
            unread = null;
            bytes.release();
        }
    }

    /** Handles what had to wait; no read-complete of the network follows. */
    private void goOn() {
        drain();
        completeRead();
    }

    private boolean mayRead() {
        return !ending && !held && channel.isWritable();
    }

    /** Handles the next whole frame, if there is one. */
    private boolean takeFrame(ByteBuf bytes) throws MalformedFrameException {
        Conversation listening = conversation;
        if (listening == null || bytes.readableBytes() < LENGTH_BYTES) {
            return false;
        }
        int length = bytes.getInt(bytes.readerIndex());
        if (length < 0 || length > limits.frameBytesMax()) {
            return takeWord(bytes, length);
        }
        if (bytes.readableBytes() < LENGTH_BYTES + length) {
            return false;
        }
        byte[] frame = new byte[length];
        bytes.skipBytes(LENGTH_BYTES).readBytes(frame);
        listening.frame(frame);
        return true;
    }

    private boolean takeWord(ByteBuf bytes, int length) throws MalformedFrameException {
        String word = bytes.toString(bytes.readerIndex(), LENGTH_BYTES, StandardCharsets.US_ASCII);
        boolean first = handshake != null && word.chars().allMatch(c -> c >= 'a' && c <= 'z');
        if (!first) {
            throw new MalformedFrameException(
                    "frame length " + length + " is outside 0.." + limits.frameBytesMax() + " (jute.maxbuffer)");
        }
        bytes.skipBytes(bytes.readableBytes());
        String answer = limits.words().contains(word)
                ? opener.answer(word)
                : word + " is not executed because it is not in the whitelist.\n";
        out().writeCharSequence(answer, StandardCharsets.UTF_8);
        end();
        return false;
    }

    private void completeRead() {
        Conversation listening = conversation;
        if (listening != null) {
            listening.readComplete();
        }
        flush();
    }

    private void followPressure() {
        channel.config().setAutoRead(!held && channel.isWritable());
    }

    private InetAddress address() {
        return channel.remoteAddress().getAddress();
    }

    private String name() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? "unknown" : remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }
}
