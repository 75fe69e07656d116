package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this process knows of decisions and votes under its name, and the one place where its coordinators' commits
 * and its recovery's aborts exclude each other: whichever claims a transaction first wins.
 *
 * <p>Other processes are excluded by the epoch, not here. Thread-safe; does no I/O.
 */
final class KnownDecisions {
    /** Decisions held at once, those whose deletion is due included. */
    static final int DECISIONS_MAX = 10_000;

    /** Aborts by recovery that are remembered, so that a late commit meets them. */
    static final int ABORTS_MAX = 100_000;

    /** How far a decision has come. */
    enum DecisionState {
        /** Its creation is under way. */
        PENDING,
        /** Its creation was given up on without an answer; recovery asks again. */
        UNRESOLVED,
        COMMITTED,
        /** Every branch has ended; only the znode is left to delete. */
        ENDED
    }

    /** @param inherited it was made by an earlier process of this name, whose coordinator is gone */
    record Decision(PendingTransactionRecord entry, DecisionState state, boolean inherited) {}

    /** An answer to {@link #claimCommit}. */
    enum Claim {
        GRANTED,
        ABORTED_BY_RECOVERY,
        FULL
    }

    /** A frozen copy. Taken before resources are scanned, so that a branch missing from the scan has ended. */
    record View(
            Map<String, Decision> decisions,
            Map<String, PendingTransactionRecord> votes,
            Set<String> aborted,
            Set<String> unreadable) {}

    private final Map<String, Decision> decisions = new LinkedHashMap<>();
    private final Map<String, PendingTransactionRecord> votes = new HashMap<>();
    private final Set<String> endedVotes = new LinkedHashSet<>();
    private final Set<String> aborted = new HashSet<>();
    private final Set<String> unreadable;

    /** @param unreadable transactions of which there is a record that nobody here can read: they are not decided here */
    KnownDecisions(
            List<PendingTransactionRecord> inheritedDecisions,
            List<PendingTransactionRecord> inheritedVotes,
            Set<String> unreadable) {
        this.unreadable = Set.copyOf(unreadable);
        inheritedDecisions.forEach(
                entry -> decisions.put(entry.id, new Decision(entry, DecisionState.COMMITTED, true)));
        inheritedVotes.forEach(entry -> votes.put(entry.id, entry));
    }

    /** To be called before the decision is sent to the store. */
    synchronized Claim claimCommit(PendingTransactionRecord entry) {
        if (aborted.contains(entry.id)) {
            return Claim.ABORTED_BY_RECOVERY;
        }
        if (decisions.size() >= DECISIONS_MAX) {
            return Claim.FULL;
        }
        decisions.putIfAbsent(entry.id, new Decision(entry, DecisionState.PENDING, false));
        return Claim.GRANTED;
    }

    /** The store holds the decision. */
    synchronized void committed(String id) {
        move(id, DecisionState.COMMITTED);
    }

    /** Nobody knows whether the store holds the decision. */
    synchronized void unresolved(String id) {
        move(id, DecisionState.UNRESOLVED);
    }

    /** The store does not hold the decision and never will: its branches may be rolled back at once. */
    synchronized void refused(String id) {
        decisions.remove(id);
        if (aborted.size() < ABORTS_MAX) {
            aborted.add(id);
        }
    }

    /** A decision that now belongs to the process that took over. */
    synchronized void handedOver(String id) {
        decisions.remove(id);
    }

    /** From now on no commit of the transaction is granted; false if one was or may have been, or if too many aborts are remembered. */
    synchronized boolean claimAbort(String id) {
        if (decisions.containsKey(id) || unreadable.contains(id)) {
            return false;
        }
        return aborted.contains(id) || (aborted.size() < ABORTS_MAX && aborted.add(id));
    }

    /** Every branch of the transaction has ended as decided. */
    synchronized void ended(String id) {
        move(id, DecisionState.ENDED);
        aborted.remove(id);
        if (votes.remove(id) != null) {
            endedVotes.add(id);
        }
    }

    synchronized void voted(PendingTransactionRecord entry) {
        votes.put(entry.id, entry);
    }

    /** Decisions whose znodes can go, oldest first. */
    synchronized List<String> endedDecisions(int limit) {
        return decisions.values().stream()
                .filter(decision -> decision.state() == DecisionState.ENDED)
                .limit(limit)
                .map(decision -> decision.entry().id)
                .toList();
    }

    synchronized List<String> endedVotes(int limit) {
        return endedVotes.stream().limit(limit).toList();
    }

    /** Their znodes are gone. */
    synchronized void forgotten(List<String> decisionIds, List<String> voteIds) {
        decisionIds.forEach(decisions::remove);
        voteIds.forEach(endedVotes::remove);
    }

    synchronized View view() {
        return new View(Map.copyOf(decisions), Map.copyOf(votes), Set.copyOf(aborted), unreadable);
    }

    /** Decisions that stand, and votes that wait for one. */
    synchronized List<PendingTransactionRecord> pending() {
        List<PendingTransactionRecord> entries = new ArrayList<>(votes.values());
        decisions.values().stream()
                .filter(decision -> decision.state() == DecisionState.COMMITTED)
                .forEach(decision -> entries.add(decision.entry()));
        return entries;
    }

    private void move(String id, DecisionState state) {
        decisions.computeIfPresent(id, (key, was) -> new Decision(was.entry(), state, was.inherited()));
    }
}
