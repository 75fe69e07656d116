package dev.assent.tx.spi;

/** Time, for whoever needs it; there is no other source of it here. Thread-safe. */
@FunctionalInterface
public interface Clock {
    /** This machine's. */
    Clock SYSTEM = System::currentTimeMillis;

    /** Wall-clock time. It may be wrong by any amount: only promptness depends on it. */
    long epochMillis();

    /** Time that only goes forward, to tell how long something takes. Where it starts means nothing. */
    default long nanos() {
        return System.nanoTime();
    }
}
