package dev.assent.tx.protocol;

/** What happens to a transaction whatever its protocol. */
public sealed interface TransactionInput extends Message<TransactionInput.Handler> {

    /** The originator asks for commit; no branch is added after this. */
    record CommitAsked() implements TransactionInput {
        @Override
        public void accept(Handler handler) {
            handler.commitAsked(this);
        }
    }

    /** The originator asks for rollback, or the transaction was found rollback-only. */
    record RollbackAsked(String cause) implements TransactionInput {
        @Override
        public void accept(Handler handler) {
            handler.rollbackAsked(this);
        }
    }

    /** The transaction's deadline has passed; {@code cause} is what callers hear, and names the time-out. */
    record Expired(String cause) implements TransactionInput {
        @Override
        public void accept(Handler handler) {
            handler.expired(this);
        }
    }

    /** The caller will not wait any longer and wants the truth as far as it is known. */
    record WaitedEnough() implements TransactionInput {
        @Override
        public void accept(Handler handler) {
            handler.waitedEnough(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void commitAsked(CommitAsked input);

        void rollbackAsked(RollbackAsked input);

        void expired(Expired input);

        void waitedEnough(WaitedEnough input);
    }
}
