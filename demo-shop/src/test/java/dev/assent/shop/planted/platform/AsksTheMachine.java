package dev.assent.shop.planted.platform;

import java.util.function.LongSupplier;

/** Has a time of its own, and ends the process from within. */
public final class AsksTheMachine {
    long asks() {
        return System.currentTimeMillis();
    }

    LongSupplier hands() {
        return System::nanoTime;
    }

    void ends() {
        System.exit(0);
    }
}
