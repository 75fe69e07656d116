package dev.assent.tx.sim.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.protocol.paxos.Proposal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is so, whoever knows it; and what must hold of it at every moment. */
final class Truth {
    enum BranchState {
        WORKING,
        PREPARED,
        READ_ONLY,
        COMMITTED,
        ROLLED_BACK
    }

    private final int acceptors;
    private final boolean strict;
    private final ThreePhaseTrace trace;
    private final BranchState[] branches;
    private final Set<Integer> refusers;
    /** Everything that was ever durably accepted. */
    private final Map<Ballot, Map<AcceptorId, Decision>> accepted = new LinkedHashMap<>();

    private final Set<Decision> chosen = EnumSet.noneOf(Decision.class);
    private final List<Outcome> told = new ArrayList<>();
    private boolean recorded;
    private int learnings;

    /** Of a transaction; {@code strict} is off where a broken protocol is shown rather than caught. */
    Truth(int acceptors, int branches, Set<Integer> refusers, boolean strict, ThreePhaseTrace trace) {
        this.acceptors = acceptors;
        this.strict = strict;
        this.trace = trace;
        this.branches = new BranchState[branches];
        java.util.Arrays.fill(this.branches, BranchState.WORKING);
        this.refusers = new LinkedHashSet<>(refusers);
    }

    private void require(boolean holds, String rule) {
        if (strict && !holds) {
            throw new BrokenRule(rule);
        }
    }

    /** A rule of atomic commitment was broken. */
    static final class BrokenRule extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenRule(String rule) {
            super(rule);
        }
    }

    BranchState branch(int index) {
        return branches[index];
    }

    /** A register is durable. */
    void saved(AcceptorId by, PaxosRegister register) {
        register.accepted().ifPresent(proposal -> accepted(by, proposal));
    }

    private void accepted(AcceptorId by, Proposal proposal) {
        Map<AcceptorId, Decision> ballot = accepted.computeIfAbsent(proposal.ballot(), each -> new LinkedHashMap<>());
        ballot.put(by, proposal.value());
        require(EnumSet.copyOf(ballot.values()).size() == 1, "one ballot has two values");
        if (2 * ballot.size() > acceptors) {
            chosen.add(proposal.value());
            require(chosen.size() == 1, "two decisions are chosen");
            if (proposal.value() == Decision.COMMIT) {
                require(refusers.isEmpty(), "COMMIT is chosen although a branch refuses");
                require(!any(BranchState.ROLLED_BACK), "COMMIT is chosen after a branch was rolled back");
                require(!any(BranchState.WORKING), "COMMIT is chosen before every branch is prepared");
            }
        }
    }

    private boolean any(BranchState state) {
        return List.of(branches).contains(state);
    }

    Set<Decision> chosen() {
        return chosen;
    }

    /** Whether those who live could still have something chosen, with what the dead have accepted and said so. */
    boolean isWithinReachOf(Set<AcceptorId> alive) {
        if (!chosen.isEmpty() || 2 * alive.size() > acceptors) {
            return true;
        }
        return accepted.values().stream().anyMatch(ballot -> {
            Set<AcceptorId> all = new LinkedHashSet<>(ballot.keySet());
            all.addAll(alive);
            return 2 * all.size() > acceptors;
        });
    }

    /** Somebody acts on what it takes for the decision. */
    void learned(Decision decision) {
        learnings++;
        trace.obeyed(decision);
        require(chosen.contains(decision), "somebody learned " + decision + ", which no majority has accepted");
    }

    int learnings() {
        return learnings;
    }

    private void becomes(int branch, BranchState now) {
        trace.became(branch, branches[branch], now);
        branches[branch] = now;
    }

    void prepared(int branch) {
        becomes(branch, BranchState.PREPARED);
    }

    void readOnly(int branch) {
        becomes(branch, BranchState.READ_ONLY);
    }

    void commits(int branch) {
        require(branches[branch] == BranchState.PREPARED, "a branch commits that is not prepared");
        require(chosen.contains(Decision.COMMIT), "a branch commits before a majority has accepted COMMIT");
        becomes(branch, BranchState.COMMITTED);
        require(!any(BranchState.ROLLED_BACK), "one branch is committed, another one rolled back");
    }

    void rollsBack(int branch) {
        require(branches[branch] != BranchState.COMMITTED, "a committed branch is rolled back");
        becomes(branch, BranchState.ROLLED_BACK);
        require(!any(BranchState.COMMITTED), "one branch is committed, another one rolled back");
        require(!chosen.contains(Decision.COMMIT), "a branch is rolled back after COMMIT was chosen");
    }

    void recorded() {
        recorded = true;
    }

    boolean isRecorded() {
        return recorded;
    }

    /** The caller, or somebody who asked later, was told so. What is true must stay so: looked at again in the end. */
    void told(Outcome outcome) {
        told.add(outcome);
        checkTold(outcome);
    }

    private void checkTold(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            require(chosen.contains(Decision.COMMIT), "told committed, which was not decided");
        } else if (outcome instanceof Outcome.RolledBack) {
            require(!chosen.contains(Decision.COMMIT), "told rolled back, but COMMIT was decided");
        } else {
            require(outcome instanceof Outcome.Unknown, "nobody decides by itself here: " + outcome);
        }
    }

    List<Outcome> told() {
        return told;
    }

    /** Everybody is back and nothing is left to do. */
    void checkEnd() {
        told.forEach(this::checkTold);
        require(!any(BranchState.PREPARED), "a branch is left prepared");
        require(!any(BranchState.WORKING), "a branch is left working");
    }
}
