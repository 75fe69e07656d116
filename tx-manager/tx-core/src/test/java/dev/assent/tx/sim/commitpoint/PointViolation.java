package dev.assent.tx.sim.commitpoint;

/** A rule of atomic commitment was broken. */
final class PointViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PointViolation(String rule) {
        super(rule);
    }
}
