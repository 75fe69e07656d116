package dev.assent.rm.operator.tx;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GcMark;

/** What is to be done about a transaction. */
public sealed interface Resolution {

    /** It is decided, or the lack of a record says so: its prepared branches are to be told. */
    record Obey(Decision decision, String why) implements Resolution {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.obey(this);
        }
    }

    /** Nothing is decided: ABORT, unless COMMIT comes first or records were deleted since that mark. */
    record DecideAbort(GcMark mark) implements Resolution {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.decideAbort(this);
        }
    }

    /** Nothing may be done, and why. */
    record Refuse(String why) implements Resolution {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refuse(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a resolution. */
    interface Handler<R> {
        R obey(Obey resolution);

        R decideAbort(DecideAbort resolution);

        R refuse(Refuse resolution);
    }
}
