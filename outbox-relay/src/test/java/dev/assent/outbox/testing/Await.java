package dev.assent.outbox.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a deadline. */
public final class Await {
    private static final long STEP_NANOS = Duration.ofMillis(5).toNanos();

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) throws Exception {
        until(what, Duration.ofSeconds(30), condition);
    }

    public static void until(String what, Duration longest, Callable<Boolean> condition) throws Exception {
        long deadlineNanos = System.nanoTime() + longest.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("waited " + longest + " in vain until " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
