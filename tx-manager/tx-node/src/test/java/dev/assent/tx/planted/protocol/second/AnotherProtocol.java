package dev.assent.tx.planted.protocol.second;

/** Breaks nothing; others break rules by knowing it. */
public final class AnotherProtocol {
    private AnotherProtocol() {}

    /** What it is called. */
    public static String name() {
        return "another";
    }
}
