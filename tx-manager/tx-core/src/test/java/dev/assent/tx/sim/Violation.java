package dev.assent.tx.sim;

/** A rule of atomic commitment was broken. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violation(String rule) {
        super(rule);
    }
}
