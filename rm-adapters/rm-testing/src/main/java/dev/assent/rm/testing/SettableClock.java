package dev.assent.rm.testing;

import dev.assent.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. */
public final class SettableClock implements Clock {
    private final AtomicLong millis =
            new AtomicLong(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());

    public void advance(Duration by) {
        millis.addAndGet(by.toMillis());
    }

    @Override
    public long epochMillis() {
        return millis.get();
    }

    @Override
    public long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(millis.get());
    }
}
