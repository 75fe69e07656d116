package dev.assent.outbox.policy;

import java.util.Optional;

/**
 * Brings a transaction to its commit, one step after the other: its records are acknowledged, then the database is asked
 * whether the shard is still its owner's, then it commits.
 *
 * <p>The order is the guarantee. A new owner claims the shard in the database first, and then has the older ones refused
 * by the broker. A transaction that is open by then is aborted. One that is ending is passed over, see {@link
 * LastTransaction}; what the older owner begins after it is acknowledged after the claim, so that its question, which
 * comes later still, is answered with the new owner's epoch. A question put before the records are acknowledged would
 * prove nothing. Used by one thread.
 *
 * @param <R> what came of the transaction
 */
public final class GuardedCommit<R> {
    private final Steps<R> steps;
    private Next next = Next.SEND;

    /** What each step does; an answer ends the transaction, without one the next step follows. */
    public interface Steps<R> {
        /** Returns nothing when the broker has acknowledged every record. */
        Optional<R> send();

        /** Returns nothing if the database has said that the shard is still its owner's. */
        Optional<R> checkOwnership();

        R commit();
    }

    private enum Next {
        SEND,
        CHECK_OWNERSHIP,
        COMMIT
    }

    public GuardedCommit(Steps<R> steps) {
        this.steps = steps;
    }

    /** All steps. */
    public R run() {
        Optional<R> result = advance();
        while (result.isEmpty()) {
            result = advance();
        }
        return result.get();
    }

    /** The next step; what came of the transaction, once that is settled. */
    public Optional<R> advance() {
        return switch (next) {
            case SEND -> then(Next.CHECK_OWNERSHIP, steps.send());
            case CHECK_OWNERSHIP -> then(Next.COMMIT, steps.checkOwnership());
            case COMMIT -> Optional.of(steps.commit());
        };
    }

    private Optional<R> then(Next following, Optional<R> result) {
        next = following;
        return result;
    }
}
