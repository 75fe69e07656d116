package dev.assent.coordination.jute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames with random damage: the decoder answers each with a request or a MalformedRequest, nothing else. */
class RequestFuzzTest {
    private static final int ROUNDS = 100_000;
    private static final int[] NASTY = {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7fff_fff0, 1 << 20};

    private final RequestDecoder decoder = new RequestDecoder(RequestLimits.DEFAULT);

    @Test
    void damaged_frames_never_do_worse_than_be_malformed() throws IOException {
        List<byte[]> frames = new ArrayList<>();
        for (var sample : RequestDecoderTest.samples()) {
            frames.add(sample.frame());
        }
        Random random = new Random(42);
        int malformed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frame = damaged(frames.get(random.nextInt(frames.size())), random);
            malformed += isMalformed(frame) ? 1 : 0;
        }
        assertThat(malformed).isBetween(ROUNDS / 4, ROUNDS - 1);
    }

    private boolean isMalformed(byte[] frame) {
        try {
            decoder.request(frame);
            decoder.connectRequest(frame);
            return false;
        } catch (MalformedRequest expected) {
            return true;
        } catch (RuntimeException | Error wrong) {
            return fail("frame " + Arrays.toString(frame), wrong);
        }
    }

    private static byte[] damaged(byte[] frame, Random random) {
        byte[] damaged = Arrays.copyOf(frame, frame.length - (random.nextInt(4) == 0 ? random.nextInt(8) : 0));
        for (int times = random.nextInt(3); times >= 0; times--) {
            int at = 4 + random.nextInt(damaged.length - 4);
            if (random.nextBoolean()) {
                damaged[at] = (byte) random.nextInt();
            } else if (at + 4 <= damaged.length) {
                int value = NASTY[random.nextInt(NASTY.length)];
                for (int i = 0; i < 4; i++) {
                    damaged[at + i] = (byte) (value >>> (24 - 8 * i));
                }
            }
        }
        return damaged;
    }
}
