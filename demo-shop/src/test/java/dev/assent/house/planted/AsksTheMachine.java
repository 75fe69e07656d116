package dev.assent.house.planted;

import java.time.Instant;
import java.util.function.LongSupplier;

/** Has a time of its own, and ends the process from within. */
public final class AsksTheMachine {
    long asks() {
        return System.currentTimeMillis();
    }

    LongSupplier hands() {
        return System::nanoTime;
    }

    Instant asksTheJdk() {
        return java.time.Clock.systemUTC().instant();
    }

    void ends() {
        System.exit(0);
    }
}
