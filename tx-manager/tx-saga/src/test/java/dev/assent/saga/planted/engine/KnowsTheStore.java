package dev.assent.saga.planted.engine;

import dev.assent.saga.planted.store.SomeStore;
import dev.assent.store.StoreSession;
import java.sql.Connection;

/** Sees what it must not. */
interface KnowsTheStore {
    SomeStore store();

    StoreSession session();

    Connection connection();
}
