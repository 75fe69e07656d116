package dev.assent.tx.model;

/** A branch's answer to prepare. */
public sealed interface Vote {

    /** The branch can commit and can roll back, whatever happens to its process. */
    record Prepared() implements Vote {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.prepared(this);
        }
    }

    /** The branch changed nothing, has ended, and takes no part in phase 2. */
    record ReadOnly() implements Vote {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.readOnly(this);
        }
    }

    /** The branch cannot commit; it has rolled back, or will when told to. */
    record Rollback(String cause) implements Vote {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rollback(this);
        }
    }

    /**
     * No answer, so nothing is known of the effect: it counts as a no, and the branch may still turn out prepared, even
     * after the resource said that it does not know it.
     */
    record Unconfirmed(String cause) implements Vote {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unconfirmed(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a vote. */
    interface Handler<R> {
        R prepared(Prepared vote);

        R readOnly(ReadOnly vote);

        R rollback(Rollback vote);

        R unconfirmed(Unconfirmed vote);
    }
}
