package dev.assent.coordination.replica;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that other threads bring about. */
public final class Await {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Await() {}

    /** Returns when it holds; fails after two minutes, which only a fault takes. */
    public static void until(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LONGEST + ": " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
