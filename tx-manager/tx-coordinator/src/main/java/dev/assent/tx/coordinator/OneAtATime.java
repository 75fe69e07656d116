package dev.assent.tx.coordinator;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Background work that many may ask for and that runs once at a time, on a thread of recovery. Thread-safe. */
final class OneAtATime {
    private final Workers workers;
    private final long pauseMillis;
    private final Runnable work;
    private final ReentrantLock running = new ReentrantLock();
    private boolean asked;
    private boolean underWay;
    private boolean closed;

    /** With a pause between the first ask and the work, so that many asks make one. */
    OneAtATime(Workers workers, long pauseMillis, Runnable work) {
        this.workers = workers;
        this.pauseMillis = pauseMillis;
        this.work = work;
    }

    synchronized void ask() {
        if (!asked && !closed) {
            asked = true;
            if (!underWay) {
                begin();
            }
        }
    }

    private void begin() {
        underWay = true;
        workers.later(pauseMillis, this::handOver);
    }

    /** Comes on the timer's thread, which has no time for it. */
    private void handOver() {
        if (!workers.recovery().execute(this::run)) {
            synchronized (this) {
                asked = false;
                underWay = false;
            }
        }
    }

    private void run() {
        running.lock();
        try {
            if (mayRun()) {
                work.run();
            }
        } finally {
            running.unlock();
            end();
        }
    }

    private synchronized boolean mayRun() {
        asked = false;
        return !closed;
    }

    private synchronized void end() {
        underWay = false;
        if (asked && !closed) {
            begin();
        }
    }

    /** Nothing begins any more. */
    synchronized void close() {
        closed = true;
    }

    /** Waits for work under way, which may itself wait for the store, but not longer than {@code left}. */
    void awaitEnd(Duration left) {
        try {
            if (running.tryLock(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS)) {
                running.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
