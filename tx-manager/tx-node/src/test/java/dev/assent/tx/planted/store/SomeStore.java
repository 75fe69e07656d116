package dev.assent.tx.planted.store;

/** Breaks nothing; others break rules by knowing it. */
public final class SomeStore {
    private SomeStore() {}

    /** Where it is. */
    public static String address() {
        return "somewhere";
    }
}
