package dev.assent.coordination.sim;

/** A property of ZAB, or of the simulation's own contract, that a run has broken. */
final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String property) {
        super(property);
    }

    static void check(boolean holds, String property) {
        if (!holds) {
            throw new Broken(property);
        }
    }
}
