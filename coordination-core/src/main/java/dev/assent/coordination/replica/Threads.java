package dev.assent.coordination.replica;

import dev.assent.time.Clock;
import java.util.concurrent.TimeUnit;

/** Waiting that does not end early. An interrupt is kept for the caller: it must never reach a thread that writes. */
final class Threads {
    private Threads() {}

    /** Waits until it has ended; false if that takes longer than {@code millisMax}. */
    static boolean join(Thread thread, long millisMax) {
        boolean interrupted = false;
        long end = Clock.SYSTEM.nanos() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        long left = millisMax;
        while (thread.isAlive() && left > 0) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - Clock.SYSTEM.nanos());
        }
        restore(interrupted);
        return !thread.isAlive();
    }

    /** Waits for a notification of {@code monitor}, which the caller holds; may return without one. */
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    static void await(Object monitor) {
        boolean interrupted = false;
        try {
            monitor.wait();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        restore(interrupted);
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
