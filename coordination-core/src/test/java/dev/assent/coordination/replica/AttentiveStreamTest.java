package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttentiveStreamTest {

    /** Every look at it takes 100 ms. */
    private static final class SlowClock implements Clock {
        private long millis;

        @Override
        public long monotonicMillis() {
            return millis += 100;
        }

        @Override
        public long epochMillis() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void a_long_read_is_interrupted_now_and_then_and_loses_nothing() throws Exception {
        byte[] content = new byte[1_000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) i;
        }
        AtomicInteger times = new AtomicInteger();
        byte[] read = new byte[1_000];

        try (InputStream in =
                new AttentiveStream(new ByteArrayInputStream(content), new SlowClock(), times::incrementAndGet)) {
            for (int i = 0; i < 500; i++) {
                read[i] = (byte) in.read();
            }
            for (int i = 500; i < 1_000; i += 5) {
                assertThat(in.read(read, i, 5)).isEqualTo(5);
            }
        }

        assertThat(read).isEqualTo(content);
        assertThat(times).hasValue(600 * 100 / (int) AttentiveStream.PAUSE_MILLIS);
    }
}
