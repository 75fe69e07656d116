package dev.assent.saga.protocol;

import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.tx.protocol.Message;
import java.util.List;

/** What a saga's machine wants done. Commands of one step may be carried out in any order. */
public sealed interface SagaCommand extends Message<SagaCommand.Handler> {

    /** Write an entry, again and again until it is recorded or the store says that another process executes the saga. */
    record Append(int entry, List<SagaEvent> events) implements SagaCommand {
        public Append {
            events = List.copyOf(events);
        }

        @Override
        public void accept(Handler handler) {
            handler.append(this);
        }
    }

    /** Call a step, and say so when {@code timeoutMillis} are over without an answer. */
    record Call(String step, Direction direction, int attempt, long timeoutMillis) implements SagaCommand {
        @Override
        public void accept(Handler handler) {
            handler.call(this);
        }
    }

    /** Nobody waits for that attempt any more; its thread may be interrupted. An answer is still welcome. */
    record GiveUp(String step, Direction direction, int attempt) implements SagaCommand {
        @Override
        public void accept(Handler handler) {
            handler.giveUp(this);
        }
    }

    /** Say when about {@code pauseMillis} are over: less by what is drawn, so that not all come back at once. */
    record Pause(String step, Direction direction, int attempt, long pauseMillis) implements SagaCommand {
        @Override
        public void accept(Handler handler) {
            handler.pause(this);
        }
    }

    /** Whoever waits for the saga hears how it ended; the log says so. */
    record Tell(SagaOutcome outcome) implements SagaCommand {
        @Override
        public void accept(Handler handler) {
            handler.tell(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void append(Append command);

        void call(Call command);

        void giveUp(GiveUp command);

        void pause(Pause command);

        void tell(Tell command);
    }
}
