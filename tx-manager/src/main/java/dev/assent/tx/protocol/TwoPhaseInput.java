package dev.assent.tx.protocol;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;

/** What happens to a transaction. Branches are named by their place in the order of enlistment. */
public sealed interface TwoPhaseInput {

    /** The originator asks for commit; no branch is added after this. */
    record CommitAsked() implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.commitAsked(this);
        }
    }

    /** The originator asks for rollback, or the transaction was found rollback-only. */
    record RollbackAsked(String cause) implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rollbackAsked(this);
        }
    }

    /** A branch answered prepare. */
    record Voted(int branch, Vote vote) implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.voted(this);
        }
    }

    /** The decision log answered. */
    record Decided(CommitResult result) implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.decided(this);
        }
    }

    /** A branch answered commit, one-phase commit or rollback. */
    record Ended(int branch, Completion completion) implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.ended(this);
        }
    }

    /** The pause before telling a branch again is over. */
    record RetryDue(int branch) implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.retryDue(this);
        }
    }

    /** What a branch did by itself is durable in the ledger. */
    record HeuristicKept(int branch) implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heuristicKept(this);
        }
    }

    /** The transaction's deadline has passed. */
    record Expired() implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.expired(this);
        }
    }

    /** The caller will not wait any longer and wants the truth as far as it is known. */
    record WaitedEnough() implements TwoPhaseInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.waitedEnough(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a record. */
    interface Handler<R> {
        R commitAsked(CommitAsked input);

        R rollbackAsked(RollbackAsked input);

        R voted(Voted input);

        R decided(Decided input);

        R ended(Ended input);

        R retryDue(RetryDue input);

        R heuristicKept(HeuristicKept input);

        R expired(Expired input);

        R waitedEnough(WaitedEnough input);
    }
}
