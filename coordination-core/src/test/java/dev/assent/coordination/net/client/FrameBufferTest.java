package dev.assent.coordination.net.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameBufferTest {
    private static final int FRAME_BYTES = 900_000;
    private static final int READ_BYTES = 64 << 10;

    private final FrameBuffer buffer = new FrameBuffer(UnpooledByteBufAllocator.DEFAULT);

    @Test
    void a_stream_that_never_pauses_at_the_end_of_a_frame_takes_up_no_more_than_a_frame_or_two() throws IOException {
        byte[] stream = frames(40, FRAME_BYTES);
        int taken = 0;
        int heldMax = 0;

        for (int at = 0; at < stream.length; at += READ_BYTES) {
            buffer.add(read(stream, at));
            while (buffer.hasLength() && buffer.take() != null) {
                taken++;
            }
            heldMax = Math.max(heldMax, buffer.heldBytes());
        }

        assertThat(taken).isEqualTo(40);
        assertThat(heldMax).isLessThan(3 * FRAME_BYTES);
        assertThat(buffer.heldBytes()).isZero();
    }

    @Test
    void frames_come_out_as_they_went_in_however_they_were_cut() throws IOException {
        Random random = new Random(5);
        List<byte[]> sent = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int i = 0; i < 500; i++) {
            byte[] frame = new byte[random.nextInt(300)];
            random.nextBytes(frame);
            sent.add(frame);
            out.writeInt(frame.length);
            out.write(frame);
        }
        byte[] stream = bytes.toByteArray();

        List<byte[]> received = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            int length = Math.min(stream.length - at, 1 + random.nextInt(400));
            buffer.add(Unpooled.copiedBuffer(stream, at, length));
            at += length;
            byte[] frame = buffer.hasLength() ? buffer.take() : null;
            while (frame != null) {
                received.add(frame);
                frame = buffer.hasLength() ? buffer.take() : null;
            }
        }

        assertThat(received).usingElementComparator(Arrays::compare).containsExactlyElementsOf(sent);
    }

    private static ByteBuf read(byte[] stream, int at) {
        return Unpooled.copiedBuffer(stream, at, Math.min(READ_BYTES, stream.length - at));
    }

    private static byte[] frames(int count, int bytesEach) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int i = 0; i < count; i++) {
            out.writeInt(bytesEach);
            out.write(new byte[bytesEach]);
        }
        return bytes.toByteArray();
    }
}
