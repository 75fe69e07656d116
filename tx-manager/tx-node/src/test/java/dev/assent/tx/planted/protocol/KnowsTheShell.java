package dev.assent.tx.planted.protocol;

import dev.assent.tx.planted.coordinator.LooksAround;

/** Breaks: the protocol knows the model only. */
public final class KnowsTheShell {
    private KnowsTheShell() {}

    static String ask() {
        return LooksAround.setting();
    }
}
