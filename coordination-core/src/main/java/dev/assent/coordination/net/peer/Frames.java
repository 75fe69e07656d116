package dev.assent.coordination.net.peer;

import dev.assent.coordination.codec.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Cuts the stream into frames: length of the body, its CRC32C, the body. TCP's own checksum is too weak for what is
 * about to be logged. A length of 0, without checksum, is a keep-alive.
 *
 * <p>Bytes gather as they come; a declared length allocates nothing.
 */
final class Frames extends ByteToMessageDecoder {
    static final int HEADER_BYTES = 8;

    private final CRC32C crc = new CRC32C();
    private int bodyBytesMax;

    Frames(int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
    }

    /** Changes the limit, once it is known who is at the other end. */
    void allow(int bytesMax) {
        bodyBytesMax = bytesMax;
    }

    /** Writes the header of the body that fills {@code frame} from {@code bodyStart} on. */
    static void finish(ByteBuf frame, int bodyStart) {
        int length = frame.writerIndex() - bodyStart;
        CRC32C crc = new CRC32C();
        crc.update(frame.nioBuffer(bodyStart, length));
        frame.setInt(bodyStart - HEADER_BYTES, length);
        frame.setInt(bodyStart - Integer.BYTES, (int) crc.getValue());
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws MalformedMessageException {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length == 0) {
            in.skipBytes(Integer.BYTES);
            return;
        }
        if (length < 0 || length > bodyBytesMax) {
            throw new MalformedMessageException("a frame of " + length + " bytes; at most " + bodyBytesMax
                    + " are allowed here: is it another program that connects?");
        }
        if (in.readableBytes() < HEADER_BYTES + length) {
            return;
        }
        in.skipBytes(Integer.BYTES);
        int expected = in.readInt();
        crc.reset();
        crc.update(in.nioBuffer(in.readerIndex(), length));
        if ((int) crc.getValue() != expected) {
            throw new MalformedMessageException("a frame was damaged on its way: its checksum is wrong");
        }
        out.add(in.readRetainedSlice(length));
    }
}
