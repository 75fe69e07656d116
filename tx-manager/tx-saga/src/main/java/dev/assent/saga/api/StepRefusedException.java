package dev.assent.saga.api;

/**
 * Thrown by an action: no, and no again if asked again. The saga turns back at once. The step itself is compensated
 * nevertheless, as an earlier attempt may have had its effect. Thrown by a compensation it is a failure like any other,
 * and the compensation is tried again.
 */
public final class StepRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The message becomes the saga's cause. */
    public StepRefusedException(String cause) {
        super(cause);
    }
}
