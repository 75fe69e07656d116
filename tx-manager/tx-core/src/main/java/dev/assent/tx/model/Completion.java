package dev.assent.tx.model;

/** A branch's answer to commit or rollback. */
public sealed interface Completion {

    /** Done as told, durably. */
    record Done() implements Completion {
        @Override
        public boolean endsBranch() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.done(this);
        }
    }

    /** The resource does not know the branch: done before, or never there. What it means the protocol decides. */
    record NotKnown() implements Completion {
        @Override
        public boolean endsBranch() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.notKnown(this);
        }
    }

    /**
     * Nothing is known of the effect: it may have been carried out, and only its answer lost. Tell it again, for ever,
     * with growing pauses.
     */
    record Retry(String cause) implements Completion {
        @Override
        public boolean endsBranch() {
            return false;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.retry(this);
        }
    }

    /**
     * Nothing has come of it, for certain: it never reached the resource (no connection, no link, no place to wait), or
     * the resource has refused and says so. Tell it again, as after {@link Retry}.
     */
    record Unsent(String cause) implements Completion {
        @Override
        public boolean endsBranch() {
            return false;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unsent(this);
        }
    }

    /**
     * One-phase commit only: nothing was done, as its answer could not be believed. The branch has to be prepared, and
     * decided like any other.
     */
    record NeedsPrepare() implements Completion {
        @Override
        public boolean endsBranch() {
            return false;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.needsPrepare(this);
        }
    }

    /** One-phase commit only: the branch could not commit and has rolled back. */
    record RolledBack(String cause) implements Completion {
        @Override
        public boolean endsBranch() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rolledBack(this);
        }
    }

    /** The resource decided by itself. Kept durable and alerted until an operator forgets it. */
    record Heuristic(HeuristicOutcome outcome, String cause) implements Completion {
        @Override
        public boolean endsBranch() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heuristic(this);
        }
    }

    /** Whether nothing more has to be told to the branch. */
    boolean endsBranch();

    <R> R accept(Handler<R> handler);

    /** One method a completion. */
    interface Handler<R> {
        R done(Done completion);

        R notKnown(NotKnown completion);

        R retry(Retry completion);

        R unsent(Unsent completion);

        R needsPrepare(NeedsPrepare completion);

        R rolledBack(RolledBack completion);

        R heuristic(Heuristic completion);
    }
}
