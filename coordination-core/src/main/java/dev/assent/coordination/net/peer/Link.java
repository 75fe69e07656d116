package dev.assent.coordination.net.peer;

import dev.assent.coordination.model.ServerId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An established connection to one member. The sending thread gathers frames in it and writes a whole batch at
 * once; small ones share a buffer, large ones go as they are.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int COPIED_BYTES_MAX = 8 << 10;
    private static final int BATCH_BYTES = 32 << 10;

    final ServerId peer;
    final long generation;
    private final Channel channel;
    private final PeerNetLimits limits;
    private final boolean secured;
    private final AtomicLong outgoingBytes = new AtomicLong();
    private final AtomicLong unprocessedBytes = new AtomicLong();

    /** Of the sending thread only. */
    private List<ByteBuf> gathered = new ArrayList<>();

    private @Nullable ByteBuf shared;
    private boolean overflowed;

    /** Of the event loop only. */
    private boolean closed;

    Link(ServerId peer, long generation, Channel channel, PeerNetLimits limits, boolean secured) {
        this.peer = peer;
        this.generation = generation;
        this.channel = channel;
        this.limits = limits;
        this.secured = secured;
    }

    /** Gathers a frame, of which the caller stays an owner. */
    void gather(ByteBuf frame) {
        int bytes = frame.readableBytes();
        if (overflowed || outgoingBytes.addAndGet(bytes) > limits.outgoingBytesMax()) {
            overflow();
        } else if (bytes > COPIED_BYTES_MAX) {
            ByteBuf whole = frame.retainedDuplicate();
            // What encrypts gathers small pieces in the room behind a large one, and this frame belongs to other links,
            // too.
            gathered.add(secured ? whole.asReadOnly() : whole);
            shared = null;
        } else {
            sharedWithRoomFor(bytes).writeBytes(frame, frame.readerIndex(), bytes);
        }
    }

    private void overflow() {
        if (!overflowed) {
            overflowed = true;
            LOG.warn(
                    "link to {} closed: more than outgoingBytesMax={} bytes wait for it; it is too slow, or was stopped",
                    peer,
                    limits.outgoingBytesMax());
            Future<?> unused = channel.close();
        }
    }

    private ByteBuf sharedWithRoomFor(int bytes) {
        ByteBuf buffer = shared;
        if (buffer == null || buffer.writableBytes() < bytes) {
            buffer = channel.alloc().directBuffer(BATCH_BYTES, BATCH_BYTES);
            gathered.add(buffer);
            shared = buffer;
        }
        return buffer;
    }

    boolean hasGathered() {
        return !gathered.isEmpty();
    }

    /** Sends everything gathered, at once if this is the event loop. */
    void flush() {
        List<ByteBuf> batch = gathered;
        gathered = new ArrayList<>();
        shared = null;
        if (channel.eventLoop().inEventLoop()) {
            write(batch);
        } else {
            channel.eventLoop().execute(() -> write(batch));
        }
    }

    private void write(List<ByteBuf> batch) {
        if (closed) {
            batch.forEach(ByteBuf::release);
            return;
        }
        for (ByteBuf buffer : batch) {
            int bytes = buffer.readableBytes();
            Future<?> unused = channel.write(buffer).addListener(done -> outgoingBytes.addAndGet(-bytes));
        }
        channel.flush();
    }

    /** On the event loop: what is still handed over is dropped. */
    void closed() {
        closed = true;
    }

    /** On the event loop: that many bytes go to the listener. */
    void unprocessed(int bytes) {
        if (unprocessedBytes.addAndGet(bytes) > limits.unprocessedBytesMax()) {
            channel.config().setAutoRead(false);
        }
    }

    /** From any thread: the listener has dealt with them. */
    void processed(int bytes) {
        long left = unprocessedBytes.addAndGet(-bytes);
        if (left + bytes > limits.unprocessedBytesMax() / 2 && left <= limits.unprocessedBytesMax() / 2) {
            channel.eventLoop().execute(this::resumeReading);
        }
    }

    private void resumeReading() {
        if (unprocessedBytes.get() <= limits.unprocessedBytesMax()) {
            channel.config().setAutoRead(true);
        }
    }

    Channel channel() {
        return channel;
    }
}
