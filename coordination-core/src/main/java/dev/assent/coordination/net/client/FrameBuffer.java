package dev.assent.coordination.net.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What came from a client and is not a whole frame yet, or has to wait. Consumed bytes are let go before others are
 * added, so it holds one unfinished frame and what one read brings, however long the stream goes on without a pause.
 * Confined to an event loop.
 */
final class FrameBuffer {
    private static final int LENGTH_BYTES = 4;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf bytes;

    FrameBuffer(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes over {@code more}. */
    void add(ByteBuf more) {
        ByteBuf waiting = bytes;
        if (waiting == null) {
            bytes = more;
            return;
        }
        if (waiting.readerIndex() > 0 && waiting.refCnt() == 1 && !waiting.isReadOnly()) {
            waiting.discardReadBytes();
        }
        bytes = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, waiting, more);
    }

    boolean isEmpty() {
        return bytes == null;
    }

    /** Whether the length of the next frame is there. */
    boolean hasLength() {
        ByteBuf waiting = bytes;
        return waiting != null && waiting.readableBytes() >= LENGTH_BYTES;
    }

    /** What the next frame says it has, whatever that is; legal if {@link #hasLength}. */
    int length() {
        ByteBuf waiting = present();
        return waiting.getInt(waiting.readerIndex());
    }

    /** The same bytes as four letters. */
    String word() {
        ByteBuf waiting = present();
        return waiting.toString(waiting.readerIndex(), LENGTH_BYTES, StandardCharsets.US_ASCII);
    }

    /** The next frame, without its length, if it is whole. */
    byte @Nullable [] take() {
        ByteBuf waiting = present();
        int length = length();
        if (waiting.readableBytes() - LENGTH_BYTES < length) {
            return null;
        }
        byte[] frame = new byte[length];
        waiting.skipBytes(LENGTH_BYTES).readBytes(frame);
        if (!waiting.isReadable()) {
            clear();
        }
        return frame;
    }

    /** Memory taken, used or not. */
    int heldBytes() {
        return bytes == null ? 0 : bytes.capacity();
    }

    void clear() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }

    private ByteBuf present() {
        ByteBuf waiting = bytes;
        if (waiting == null) {
            throw new IllegalStateException("there is nothing to read");
        }
        return waiting;
    }
}
