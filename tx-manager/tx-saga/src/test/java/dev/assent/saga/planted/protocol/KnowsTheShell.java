package dev.assent.saga.planted.protocol;

import dev.assent.saga.planted.store.SomeStore;
import java.util.concurrent.CompletableFuture;

/** Sees what it must not, and waits. */
public interface KnowsTheShell {
    SomeStore store();

    CompletableFuture<String> later();
}
