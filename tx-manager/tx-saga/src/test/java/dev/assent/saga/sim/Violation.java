package dev.assent.saga.sim;

/** Something that must hold does not. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
        super(message);
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new Violation(what);
        }
    }
}
