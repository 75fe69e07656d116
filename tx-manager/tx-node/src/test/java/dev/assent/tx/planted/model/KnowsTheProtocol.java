package dev.assent.tx.planted.model;

import dev.assent.tx.planted.protocol.KnowsTheShell;

/** Breaks: the model knows nobody. */
interface KnowsTheProtocol {
    KnowsTheShell protocol();
}
