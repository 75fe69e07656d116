package dev.assent.coordination.planted.election;

import dev.assent.coordination.planted.zab.KnowsFiles;

/** Planted: a system clock in a pure package, and the protocol below it. */
public record ReadsTheClock(KnowsFiles files) {
    long nowNanos() {
        return System.nanoTime();
    }
}
