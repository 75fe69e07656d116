package dev.assent.coordination.replica;

import dev.assent.time.Clock;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A long read on the loop's thread that now and then does something else: without it a member that reads a large
 * snapshot would fall silent, and the others would take its links for broken.
 */
final class AttentiveStream extends FilterInputStream {
    static final long PAUSE_MILLIS = 500;

    private final Clock clock;
    private final Runnable other;
    private long lastMillis;

    /** @param other what to do, at most twice a second */
    AttentiveStream(InputStream in, Clock clock, Runnable other) {
        super(in);
        this.clock = clock;
        this.other = other;
        this.lastMillis = clock.monotonicMillis();
    }

    @Override
    public int read() throws IOException {
        attend();
        return super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        attend();
        return super.read(target, offset, length);
    }

    private void attend() {
        long now = clock.monotonicMillis();
        if (now - lastMillis >= PAUSE_MILLIS) {
            lastMillis = now;
            other.run();
        }
    }
}
