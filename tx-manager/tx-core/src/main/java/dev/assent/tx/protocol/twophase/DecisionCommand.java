package dev.assent.tx.protocol.twophase;

import dev.assent.tx.model.CommitResult;

/** What the shell must do to bring a COMMIT into the store. */
public sealed interface DecisionCommand {

    /** Send the multi: check the epoch named in the gtrid, create the record. */
    record Create() implements DecisionCommand {
        @Override
        public void accept(Handler handler) {
            handler.create(this);
        }
    }

    /** Wait until connected; answered by {@link DecisionInput.Reconnected}. */
    record AwaitConnection() implements DecisionCommand {
        @Override
        public void accept(Handler handler) {
            handler.awaitConnection(this);
        }
    }

    /** Sync, then read the record, on one session. */
    record SyncAndRead() implements DecisionCommand {
        @Override
        public void accept(Handler handler) {
            handler.syncAndRead(this);
        }
    }

    /** The end. */
    record Conclude(CommitResult result) implements DecisionCommand {
        @Override
        public void accept(Handler handler) {
            handler.conclude(this);
        }
    }

    void accept(Handler handler);

    /** One method a record. */
    interface Handler {
        void create(Create command);

        void awaitConnection(AwaitConnection command);

        void syncAndRead(SyncAndRead command);

        void conclude(Conclude command);
    }
}
