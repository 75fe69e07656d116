package dev.assent.coordination.net.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one connection on their way out: gathered in one buffer, given to the network in one piece, and counted
 * until it has taken them. On the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write ends in channelInactive, which is handled.
final class OutgoingReplies {
    private static final int GATHERED_BYTES_MAX = 64 << 10;

    private final SocketChannel channel;
    private final Holding holding;
    private final Runnable onTaken;
    private @Nullable ByteBuf gathered;
    /** Of the replies that are counted. */
    private long takenBytes;

    private long takenBytesSeen;

    /** Of this connection; {@code onTaken} runs when the network has taken some of those that are counted. */
    OutgoingReplies(SocketChannel channel, Holding holding, Runnable onTaken) {
        this.channel = channel;
        this.holding = holding;
        this.onTaken = onTaken;
    }

    /** The buffer that replies are appended to, whole frames at a time. */
    ByteBuf buffer() {
        ByteBuf buffer = gathered;
        if (buffer != null && buffer.readableBytes() > GATHERED_BYTES_MAX) {
            write(buffer);
            buffer = null;
        }
        if (buffer == null) {
            buffer = channel.alloc().ioBuffer(512);
            gathered = buffer;
        }
        return buffer;
    }

    /**
     * Sends what was gathered.
     *
     * @return how many bytes waited already, but for the largest reply: one large reply alone is no sign of a client that
     *     does not read; 0 if there was nothing to send
     */
    long flush() {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            return 0;
        }
        gathered = null;
        if (!channel.isActive()) {
            buffer.release();
            return 0;
        }
        long unsent = pendingBytes() - holding.largestUnsentBytes();
        write(buffer);
        channel.flush();
        return unsent;
    }

    /** Large replies, and all while some wait, are counted until the network has taken them. */
    private void write(ByteBuf buffer) {
        int bytes = buffer.readableBytes();
        if (bytes < Holding.GRAIN_BYTES && pendingBytes() == 0) {
            channel.write(buffer, channel.voidPromise());
            return;
        }
        holding.unsent(bytes);
        channel.write(buffer).addListener(taken -> {
            holding.sent(bytes);
            takenBytes += bytes;
            onTaken.run();
        });
    }

    private long pendingBytes() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }

    /** Whether the client has taken something since this was last asked. */
    boolean takeProgress() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        long taken = takenBytes + (unsent == null ? 0 : unsent.currentProgress());
        boolean more = taken != takenBytesSeen;
        takenBytesSeen = taken;
        return more;
    }

    /** The connection is gone. */
    void drop() {
        ByteBuf unsent = gathered;
        if (unsent != null) {
            gathered = null;
            unsent.release();
        }
    }
}
