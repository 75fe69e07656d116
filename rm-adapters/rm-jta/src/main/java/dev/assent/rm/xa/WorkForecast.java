package dev.assent.rm.xa;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Foretells from the branches before it whether a branch changes something, so that a database whose branches always
 * do need not be asked before each prepare. Where it is wrong, a branch that changed nothing is prepared and committed
 * like any other. Databases refuse to prepare some branches that only read (of temporary tables, say): that rolls one
 * transaction back, and is the last forecast. Thread-safe; counts are approximate under contention.
 */
final class WorkForecast {
    /** So many branches in a row must have changed something before one is not looked at. */
    static final int STREAK = 32;
    /** From then on one in so many is looked at, to notice when the work changes its kind. */
    static final int SAMPLE_EVERY = 16;

    private final AtomicInteger changedInARow = new AtomicInteger();
    private final AtomicInteger foretold = new AtomicInteger();
    private volatile boolean givenUp;

    /** Whether the next branch is to be looked at. */
    boolean isDoubtful() {
        return givenUp || changedInARow.get() < STREAK || foretold.incrementAndGet() % SAMPLE_EVERY == 0;
    }

    /** What a look at a branch found. */
    void found(boolean changed) {
        if (!changed) {
            changedInARow.set(0);
        } else if (changedInARow.get() < STREAK) {
            changedInARow.incrementAndGet();
        }
    }

    /** Every branch is looked at from now on. */
    void giveUp() {
        givenUp = true;
    }
}
