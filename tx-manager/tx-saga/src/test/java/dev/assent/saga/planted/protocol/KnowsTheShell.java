package dev.assent.saga.planted.protocol;

import dev.assent.saga.planted.store.SomeStore;

/** Sees what it must not. */
public interface KnowsTheShell {
    SomeStore store();
}
