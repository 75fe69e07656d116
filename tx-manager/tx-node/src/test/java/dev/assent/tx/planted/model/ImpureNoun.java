package dev.assent.tx.planted.model;

import dev.assent.tx.planted.protocol.KnowsTheShell;

/** Breaks: the model is pure, and knows nobody. */
final class ImpureNoun {
    private ImpureNoun() {}

    static long bornMillis(KnowsTheShell shell) {
        return System.currentTimeMillis() + shell.hashCode();
    }
}
