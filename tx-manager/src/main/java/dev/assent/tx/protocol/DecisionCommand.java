package dev.assent.tx.protocol;

import dev.assent.tx.model.CommitResult;

/** What the shell must do to bring a COMMIT into the store. */
public sealed interface DecisionCommand {

    /** Send the multi: check the epoch named in the gtrid, create the record. */
    record Create() implements DecisionCommand {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.create(this);
        }
    }

    /** Wait until connected; answered by {@link DecisionInput.Reconnected}. */
    record AwaitConnection() implements DecisionCommand {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.awaitConnection(this);
        }
    }

    /** Sync, then read the record, on one session. */
    record SyncAndRead() implements DecisionCommand {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.syncAndRead(this);
        }
    }

    /** The end. */
    record Conclude(CommitResult result) implements DecisionCommand {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.conclude(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a record. */
    interface Handler<R> {
        R create(Create command);

        R awaitConnection(AwaitConnection command);

        R syncAndRead(SyncAndRead command);

        R conclude(Conclude command);
    }
}
