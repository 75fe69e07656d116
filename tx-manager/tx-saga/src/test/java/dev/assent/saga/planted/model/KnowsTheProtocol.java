package dev.assent.saga.planted.model;

import dev.assent.saga.planted.protocol.KnowsTheShell;

/** Sees what it must not. */
public interface KnowsTheProtocol {
    KnowsTheShell protocol();
}
