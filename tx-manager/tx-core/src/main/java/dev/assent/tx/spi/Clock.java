package dev.assent.tx.spi;

/** Wall-clock time. It may be wrong by any amount: only promptness depends on it. */
@FunctionalInterface
public interface Clock {
    long epochMillis();
}
