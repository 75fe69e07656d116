package dev.assent.admin.view;

import java.util.Optional;

/**
 * A step of a saga.
 *
 * @param stage from 0; steps of one stage go on side by side
 * @param state how far it is
 * @param trouble why its compensation fails
 */
public record SagaStep(int stage, String step, State state, Optional<String> trouble) {
    /** How far it is. */
    public enum State {
        /** Its turn has not come, and never comes if the saga has turned back. */
        NOT_BEGUN,
        /** It may have been called, once or several times. */
        CALLED,
        DONE,
        /** It may have had an effect, which is being undone. */
        TO_COMPENSATE,
        /** The same, and that fails again and again. */
        TROUBLED,
        COMPENSATED
    }
}
