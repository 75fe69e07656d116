package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.HeuristicOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * What this process knows of decisions and votes under its name, and the one place where its coordinators' commits
 * and its recovery's aborts exclude each other: whichever claims a transaction first wins.
 *
 * <p>Other processes are excluded by the epoch, not here. Thread-safe; does no I/O.
 */
final class KnownDecisions {
    /** Decisions held at once, those whose deletion is due included. */
    static final int DECISIONS_MAX = 10_000;

    /** Votes held at once. */
    static final int VOTES_MAX = 10_000;

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

    /** An answer to {@link #claimCommit} and {@link #claimVote}. */
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
            Set<String> unreadable,
            Map<String, Told> told) {}

    private final Map<String, Decision> decisions = new LinkedHashMap<>();
    private final Map<String, PendingTransactionRecord> votes = new HashMap<>();
    private final Map<BranchId, String> subordinates = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
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
        inheritedVotes.forEach(this::voted);
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
        mayAbort(id);
    }

    private void mayAbort(String id) {
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
        if (decisions.containsKey(id) || votes.containsKey(id) || unreadable.contains(id)) {
            return false;
        }
        return aborted.contains(id) || (aborted.size() < ABORTS_MAX && aborted.add(id));
    }

    /** Every branch of the transaction has ended as decided. */
    synchronized void ended(String id) {
        move(id, DecisionState.ENDED);
        aborted.remove(id);
        if (dropVote(id)) {
            endedVotes.add(id);
        }
    }

    /** To be called before the vote is sent to the store: from then on recovery does not abort the transaction. */
    synchronized Claim claimVote(PendingTransactionRecord entry) {
        if (aborted.contains(entry.id)) {
            return Claim.ABORTED_BY_RECOVERY;
        }
        if (votes.size() >= VOTES_MAX) {
            return Claim.FULL;
        }
        voted(entry);
        return Claim.GRANTED;
    }

    synchronized void voted(PendingTransactionRecord entry) {
        votes.put(entry.id, entry);
        superior(entry).ifPresent(superior -> subordinates.put(superior.branch(), entry.id));
    }

    /**
     * The store does not hold the vote and never will: the transaction's branches may be rolled back at once. Once they
     * are prepared Atomikos leaves that to recovery.
     */
    synchronized void voteRefused(String id) {
        boolean unused = dropVote(id);
        mayAbort(id);
    }

    private boolean dropVote(String id) {
        told.remove(id);
        PendingTransactionRecord vote = votes.remove(id);
        if (vote == null) {
            return false;
        }
        superior(vote).ifPresent(superior -> subordinates.remove(superior.branch(), id));
        return true;
    }

    static Optional<Superior> superior(PendingTransactionRecord entry) {
        return entry.superiorId == null ? Optional.empty() : Superior.parse(entry.superiorId);
    }

    /** Whether an Assent transaction decides the transaction of a record, directly or through superiors of ours. */
    synchronized boolean isSubordinate(PendingTransactionRecord entry) {
        String superior = entry.superiorId;
        for (int depth = 0; superior != null && depth < RecoveryAction.NESTING_MAX; depth++) {
            if (Superior.isOurs(superior)) {
                return true;
            }
            PendingTransactionRecord vote = votes.get(superior);
            superior = vote == null ? null : vote.superiorId;
        }
        return false;
    }

    /** All branches of Assent transactions that wait for their decision. */
    synchronized List<BranchId> subordinates() {
        return List.copyOf(subordinates.keySet());
    }

    /** The transaction that voted for that branch of an Assent transaction. */
    synchronized Optional<String> subordinate(BranchId branch) {
        return Optional.ofNullable(subordinates.get(branch));
    }

    /**
     * What the superior of a vote says, once and for all; nothing if the vote is over.
     *
     * @throws IllegalStateException it has said the contrary before
     */
    synchronized void tell(String id, dev.assent.tx.model.Decision decision) {
        Told before = told.get(id);
        if (before != null && before.decision() != decision) {
            throw new IllegalStateException(
                    "transaction " + id + " was told " + before.decision() + ", and is now told " + decision);
        }
        if (before == null && votes.containsKey(id)) {
            told.put(id, new Told(decision));
        }
    }

    synchronized Optional<Told> told(String id) {
        return Optional.ofNullable(told.get(id));
    }

    synchronized boolean isVoted(String id) {
        return votes.containsKey(id);
    }

    /** Its resources decided by themselves. */
    synchronized void decidedAlone(String id, HeuristicOutcome outcome) {
        told.computeIfPresent(id, (key, was) -> was.alone(outcome));
    }

    /** What its resources did by themselves is safe elsewhere. */
    synchronized void mayForget(String id) {
        told.computeIfPresent(id, (key, was) -> was.forgettable());
    }

    /** Resources that may hold work of it, and were not asked in the last pass. */
    synchronized void missing(String id, SortedSet<String> resources) {
        told.computeIfPresent(id, (key, was) -> was.missing(resources));
    }

    /** A vote is over, and those below it. */
    synchronized void endedWithThoseBelow(String id) {
        Deque<String> over = new ArrayDeque<>(List.of(id));
        while (!over.isEmpty()) {
            String next = over.pop();
            ended(next);
            votes.values().stream().filter(vote -> next.equals(vote.superiorId)).forEach(vote -> over.push(vote.id));
        }
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
        return new View(Map.copyOf(decisions), Map.copyOf(votes), Set.copyOf(aborted), unreadable, Map.copyOf(told));
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
