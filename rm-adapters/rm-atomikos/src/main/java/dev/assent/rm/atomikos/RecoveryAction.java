package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What recovery does with a branch that a resource holds prepared. */
sealed interface RecoveryAction {
    /** The deepest nesting of subtransactions that is followed. */
    int NESTING_MAX = 64;

    /**
     * A decision stands.
     *
     * @param decision the transaction whose decision says so: the branch's own or a superior's
     */
    record Commit(String decision) implements RecoveryAction {
        @Override
        public Optional<String> decidedBy() {
            return Optional.of(decision);
        }
    }

    /**
     * Nobody has decided.
     *
     * @param undecided the transaction that nobody has decided: to be claimed before the branch is rolled back
     */
    record Abort(String undecided) implements RecoveryAction {}

    /**
     * The superior of a vote has decided so, in another transaction manager's domain.
     *
     * @param vote the transaction whose superior that is: the branch's own or one above
     */
    record Rollback(String vote) implements RecoveryAction {
        @Override
        public Optional<String> decidedBy() {
            return Optional.of(vote);
        }
    }

    /**
     * The resource decided by itself, and its superior has made sure that this is not lost.
     *
     * @param vote as in {@link Rollback}
     */
    record Forget(String vote) implements RecoveryAction {
        @Override
        public Optional<String> decidedBy() {
            return Optional.of(vote);
        }
    }

    /** Somebody else may still decide or is at work. */
    record Wait() implements RecoveryAction {}

    /** The transaction whose decision or vote says so, which may not be forgotten before its branches have ended. */
    default Optional<String> decidedBy() {
        return Optional.empty();
    }

    /**
     * Judges one branch by decisions and votes alone.
     *
     * @param coordinator the id in the branch's gtrid
     * @param tmUniqueName votes of other domains are left to their superiors for ever
     * @param nowMillis a living coordinator's own decisions are left to it until they expire
     * @param orphaned whether it is worth trying to abort an undecided transaction
     */
    static RecoveryAction decide(
            String coordinator,
            KnownDecisions.View view,
            String tmUniqueName,
            long nowMillis,
            Predicate<String> orphaned) {
        String at = coordinator;
        for (int depth = 0; depth < NESTING_MAX; depth++) {
            if (view.unreadable().contains(at)) {
                return new Wait();
            }
            KnownDecisions.Decision decision = view.decisions().get(at);
            if (decision != null) {
                return byDecision(decision, nowMillis);
            }
            PendingTransactionRecord vote = view.votes().get(at);
            if (vote == null) {
                return view.aborted().contains(at) || orphaned.test(at) ? new Abort(at) : new Wait();
            }
            if (vote.superiorId == null || vote.isForeignInDomain(tmUniqueName)) {
                return new Wait();
            }
            if (Superior.isOurs(vote.superiorId)) {
                return byWord(at, view.told().get(at));
            }
            at = vote.superiorId;
        }
        return new Wait();
    }

    private static RecoveryAction byWord(String vote, @Nullable Told told) {
        if (told == null) {
            return new Wait();
        }
        if (told.alone().isPresent()) {
            return told.forget() ? new Forget(vote) : new Wait();
        }
        return switch (told.decision()) {
            case COMMIT -> new Commit(vote);
            case ABORT -> new Rollback(vote);
        };
    }

    private static RecoveryAction byDecision(KnownDecisions.Decision decision, long nowMillis) {
        return switch (decision.state()) {
            case PENDING, UNRESOLVED -> new Wait();
            case ENDED -> new Commit(decision.entry().id);
            case COMMITTED ->
                decision.inherited() || decision.entry().expires < nowMillis
                        ? new Commit(decision.entry().id)
                        : new Wait();
        };
    }
}
