package dev.assent.coordination.replica;

import dev.assent.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Goes as time does, and a test may have it go further. */
final class SteppedClock implements Clock {
    private final AtomicLong aheadMillis = new AtomicLong();

    void advance(long millis) {
        aheadMillis.addAndGet(millis);
    }

    @Override
    public long nanos() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(aheadMillis.get());
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis() + aheadMillis.get();
    }
}
