package dev.assent.outbox.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a deadline, which is long: a machine may be slow, and waiting costs nothing when all is well. */
public final class Await {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long STEP_NANOS = Duration.ofMillis(5).toNanos();

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) throws Exception {
        until(what, LONGEST, condition);
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
