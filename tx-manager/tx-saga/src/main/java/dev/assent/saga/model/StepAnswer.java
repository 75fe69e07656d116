package dev.assent.saga.model;

/** What came of one attempt of a call. */
public sealed interface StepAnswer {

    <R> R accept(Handler<R> handler);

    /**
     * The call has had its effect, now or in an earlier attempt.
     *
     * @param result of the application's; of a compensation without a meaning
     */
    record Done(String result) implements StepAnswer {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.done(this);
        }
    }

    /** Whoever was called says no, and would say so again. */
    record Refused(String cause) implements StepAnswer {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** The attempt failed; whether it has had an effect is not known. */
    record Failed(String cause) implements StepAnswer {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.failed(this);
        }
    }

    /** One method a record. */
    interface Handler<R> {
        R done(Done answer);

        R refused(Refused answer);

        R failed(Failed answer);
    }
}
