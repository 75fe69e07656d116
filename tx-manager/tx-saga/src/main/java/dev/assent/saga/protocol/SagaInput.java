package dev.assent.saga.protocol;

import dev.assent.saga.model.Direction;
import dev.assent.saga.model.StepAnswer;
import dev.assent.tx.protocol.Message;

/** What a saga's machine reacts to. Attempts count from 1 for each call, and anew in each executor. */
public sealed interface SagaInput extends Message<SagaInput.Handler> {

    /** This process executes the saga from now on. */
    record Resumed() implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.resumed(this);
        }
    }

    /** An entry is in the log, under an epoch that was current. */
    record Recorded(int entry) implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.recorded(this);
        }
    }

    /** Another process executes the saga. */
    record Fenced() implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.fenced(this);
        }
    }

    /** An attempt was answered, in time or later. */
    record Answered(String step, Direction direction, int attempt, StepAnswer answer) implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.answered(this);
        }
    }

    /** An attempt has taken all of its time. It may have had its effect, or may have it later. */
    record TimedOut(String step, Direction direction, int attempt) implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.timedOut(this);
        }
    }

    /** The pause after an attempt is over. */
    record RetryDue(String step, Direction direction, int attempt) implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.retryDue(this);
        }
    }

    /** The saga has taken all of its time. */
    record DeadlinePassed() implements SagaInput {
        @Override
        public void accept(Handler handler) {
            handler.deadlinePassed(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void resumed(Resumed input);

        void recorded(Recorded input);

        void fenced(Fenced input);

        void answered(Answered input);

        void timedOut(TimedOut input);

        void retryDue(RetryDue input);

        void deadlinePassed(DeadlinePassed input);
    }
}
