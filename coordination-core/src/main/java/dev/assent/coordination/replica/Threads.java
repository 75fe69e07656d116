package dev.assent.coordination.replica;

/** Waiting that does not end early. An interrupt is kept for the caller: it must never reach a thread that writes. */
final class Threads {
    private Threads() {}

    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        restore(interrupted);
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
