package dev.assent.tx.planted.protocol;

import dev.assent.tx.planted.coordinator.KnowsTheStore;
import dev.assent.tx.planted.protocol.second.AnotherProtocol;

/** Breaks: the protocol knows the model only, and what protocols share knows none of them. */
public final class KnowsTheShell {
    private KnowsTheShell() {}

    static String ask() {
        return KnowsTheStore.home() + AnotherProtocol.name();
    }
}
