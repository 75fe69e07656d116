package dev.assent.saga.spi;

/** The one thread on which sagas are stepped, and its time. */
public interface Timers {

    /** Epoch time. It may be wrong by any amount: only promptness depends on it. */
    long epochMillis();

    /** Runs {@code action} on the thread, soon. May be called from anywhere. */
    void run(Runnable action);

    /** Runs {@code action} on the thread, after so long. May be called from anywhere. */
    Pending after(long millis, Runnable action);

    /** Between 0 and 1, to spread what would come at once. */
    double draw();

    /** Something that has not run yet. */
    interface Pending {
        void cancel();
    }
}
