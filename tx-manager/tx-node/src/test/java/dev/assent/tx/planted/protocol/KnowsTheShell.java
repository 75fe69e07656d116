package dev.assent.tx.planted.protocol;

import dev.assent.tx.planted.coordinator.LooksAround;
import dev.assent.tx.planted.protocol.second.AnotherProtocol;

/** Breaks: the protocol knows the model only, and what protocols share knows none of them. */
public final class KnowsTheShell {
    private KnowsTheShell() {}

    static String ask() {
        return LooksAround.setting() + AnotherProtocol.name();
    }
}
