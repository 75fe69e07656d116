package dev.assent.saga.model;

/** What the step log says. */
public sealed interface SagaEvent {
    /** Of a step's result, as UTF-8. */
    int RESULT_BYTES_MAX = 8 << 10;

    /** Of a cause; the rest is cut off. */
    int CAUSE_CHARACTERS_MAX = 500;

    <R> R accept(Handler<R> handler);

    /** Every step of the stage may be called from now on; so each of them has to be done or compensated. */
    record StageStarted(int stage) implements SagaEvent {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.stageStarted(this);
        }
    }

    /** A step's action said that it has had its effect. */
    record StepDone(String step, String result) implements SagaEvent {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.stepDone(this);
        }
    }

    /** The saga turns back, for good. */
    record CompensationStarted(String cause) implements SagaEvent {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.compensationStarted(this);
        }
    }

    /** A step's compensation said that nothing is left of the action, and that nothing can come of it any more. */
    record StepCompensated(String step) implements SagaEvent {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.stepCompensated(this);
        }
    }

    /** A step's compensation has failed so often that somebody should look. It is called on and on. */
    record StepTroubled(String step, int attempts, String cause) implements SagaEvent {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.stepTroubled(this);
        }
    }

    /** Nothing follows. */
    record Ended(SagaOutcome outcome) implements SagaEvent {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.ended(this);
        }
    }

    /** One method a record. */
    interface Handler<R> {
        R stageStarted(StageStarted event);

        R stepDone(StepDone event);

        R compensationStarted(CompensationStarted event);

        R stepCompensated(StepCompensated event);

        R stepTroubled(StepTroubled event);

        R ended(Ended event);
    }
}
