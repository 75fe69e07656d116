package dev.assent.tx.protocol;

/** Checks that are always on. A broken invariant is a bug of ours, and ends the transaction's run that finds it. */
public final class Invariants {
    private Invariants() {}

    /** Thrown when the protocol contradicts its own rules; caught at the boundary of a run only. */
    public static final class Violation extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    public static void check(boolean holds, String rule) {
        if (!holds) {
            throw new Violation(rule);
        }
    }
}
