package dev.assent.tx.protocol;

import dev.assent.tx.model.Outcome;

/** Who is told what of a transaction's end, whatever its protocol. Each is given once. */
public sealed interface TransactionCommand extends Message<TransactionCommand.Handler> {

    /** Tell the caller. */
    record Answer(Outcome outcome) implements TransactionCommand {
        @Override
        public void accept(Handler handler) {
            handler.answer(this);
        }
    }

    /** Tell the listeners: how it ended, or that this process will never know. */
    record Learned(Outcome outcome) implements TransactionCommand {
        @Override
        public void accept(Handler handler) {
            handler.learned(this);
        }
    }

    /** Nothing is left to do here. */
    record Finish() implements TransactionCommand {
        @Override
        public void accept(Handler handler) {
            handler.finish(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void answer(Answer command);

        void learned(Learned command);

        void finish(Finish command);
    }
}
