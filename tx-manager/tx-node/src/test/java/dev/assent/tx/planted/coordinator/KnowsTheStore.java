package dev.assent.tx.planted.coordinator;

import dev.assent.store.StoreCode;
import dev.assent.tx.planted.store.SomeStore;

/** Breaks: no client of the store outside of it, no store but by its contracts. */
public final class KnowsTheStore {
    private KnowsTheStore() {}

    /** Where the store is. */
    public static String home() {
        return SomeStore.address();
    }

    static StoreCode answer() {
        return StoreCode.OK;
    }
}
