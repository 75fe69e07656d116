package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import java.util.function.Predicate;

/** What recovery does with a branch that a resource holds prepared. */
sealed interface RecoveryAction {
    /** The deepest nesting of subtransactions that is followed. */
    int NESTING_MAX = 64;

    /**
     * A decision stands.
     *
     * @param decision the transaction whose decision says so: the branch's own or a superior's
     */
    record Commit(String decision) implements RecoveryAction {}

    /**
     * Nobody has decided.
     *
     * @param undecided the transaction that nobody has decided: to be claimed before the branch is rolled back
     */
    record Abort(String undecided) implements RecoveryAction {}

    /** Somebody else may still decide or is at work. */
    record Wait() implements RecoveryAction {}

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
            at = vote.superiorId;
        }
        return new Wait();
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
