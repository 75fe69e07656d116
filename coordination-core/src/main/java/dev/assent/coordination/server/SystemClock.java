package dev.assent.coordination.server;

import dev.assent.coordination.spi.Clock;
import java.util.concurrent.TimeUnit;

/** The machine's clocks. */
final class SystemClock implements Clock {
    @Override
    public long monotonicMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }
}
