package dev.assent.tx.testing;

import dev.assent.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for a condition of another thread's making, at most so long. */
public final class Eventually {
    private static final long POLL_MILLIS = 5;
    private static final Duration SOON = Duration.ofMinutes(2);

    private Eventually() {}

    /** Within two minutes, as a machine may be slow; an interrupt fails the test. */
    public static void soon(String what, BooleanSupplier condition) {
        try {
            within(SOON, what, condition);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted before " + what, e);
        }
    }

    public static void within(Duration limit, String what, BooleanSupplier condition) throws InterruptedException {
        long endNanos = Clock.SYSTEM.nanos() + limit.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            if (Clock.SYSTEM.nanos() > endNanos) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            if (never.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts this latch down");
            }
        }
    }
}
