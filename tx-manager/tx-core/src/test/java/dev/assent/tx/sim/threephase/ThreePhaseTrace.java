package dev.assent.tx.sim.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.ThreePhaseCommand;
import dev.assent.tx.protocol.threephase.ThreePhaseInput;
import dev.assent.tx.sim.BranchTrace;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * In the words of ThreePhaseCommit: what the coordinator's machine is told and tells, what anybody asks the acceptors to
 * accept, what is durable in their registers, and what becomes of branches. Ballots are numbered when the run is over, in
 * their order; the coordinator's own is 0.
 */
final class ThreePhaseTrace extends BranchTrace {
    private final List<Ballot> ballots = new ArrayList<>();
    private final Set<AcceptorRequest> proposed = new LinkedHashSet<>();
    private final ThreePhaseInput.Handler inputs = new OwnInputs();
    private final ThreePhaseCommand.Handler commands = new OwnCommands();

    ThreePhaseTrace() {
        super(1);
    }

    ThreePhaseInput.Handler inputs() {
        return inputs;
    }

    ThreePhaseCommand.Handler commands() {
        return commands;
    }

    @Override
    public List<TraceEvent> events() {
        List<Ballot> inOrder =
                ballots.stream().filter(ballot -> ballot.round() > 0).sorted().toList();
        return super.events().stream().map(event -> numbered(event, inOrder)).toList();
    }

    /** Until now the number is the ballot's place in the order in which they were met, from 1; 0 if it is about none. */
    private TraceEvent numbered(TraceEvent event, List<Ballot> inOrder) {
        int number = event.number() == 0 ? 0 : 1 + inOrder.indexOf(ballots.get(event.number() - 1));
        return new TraceEvent(event.name(), event.branch(), event.value(), number);
    }

    private void add(String name, int at, Decision value, Ballot ballot) {
        add(name, at, value.name(), ballot);
    }

    private void add(String name, int at, String value, Ballot ballot) {
        if (!ballots.contains(ballot)) {
            ballots.add(ballot);
        }
        add(new TraceEvent(name, at, value, ballots.indexOf(ballot) + 1));
    }

    /** Whoever asks an acceptor, the first of them; of phase 1 the specification knows the answers only. */
    void asked(AcceptorRequest request) {
        if (request instanceof AcceptorRequest.Accept accept && proposed.add(accept)) {
            add("propose", 0, accept.value(), accept.ballot());
        }
    }

    /** What is durable now, there. Of one who forgets nothing is heard any more. */
    void saved(int at, PaxosRegister before, PaxosRegister now) {
        if (now.isForgotten()) {
            return;
        }
        if (now.accepted().equals(before.accepted())) {
            add("promise", at + 1, "", now.promised().orElseThrow());
        } else {
            add(
                    "accept",
                    at + 1,
                    now.accepted().orElseThrow().value(),
                    now.accepted().orElseThrow().ballot());
        }
    }

    /** Somebody obeys what he has learned. */
    void obeyed(Decision chosen) {
        effect("obey", chosen.name());
    }

    void became(int branch, Truth.BranchState before, Truth.BranchState now) {
        String name =
                switch (now) {
                    case WORKING -> "works";
                    case PREPARED, READ_ONLY -> "prepare";
                    case COMMITTED -> "commit";
                    case ROLLED_BACK -> before == Truth.BranchState.WORKING ? "refuse" : "rollback";
                };
        branch(name, branch, "");
    }

    private final class OwnInputs extends Inputs implements ThreePhaseInput.Handler {
        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {}

        @Override
        public void voted(BranchInput.Voted input) {
            boolean yes = input.vote() instanceof Vote.Prepared || input.vote() instanceof Vote.ReadOnly;
            branch(yes ? "voted" : "giveUp", input.branch(), "");
        }

        @Override
        public void acceptorAnswered(ProposerInput.AcceptorAnswered input) {}

        @Override
        public void proposalDue(ProposerInput.ProposalDue input) {}

        @Override
        public void decisionLearned(ThreePhaseInput.DecisionLearned input) {
            effect("obey", input.chosen().name());
        }

        @Override
        public void outcomeRecorded(ThreePhaseInput.OutcomeRecorded input) {}
    }

    private final class OwnCommands extends Commands implements ThreePhaseCommand.Handler {
        @Override
        public void canCommit(ThreePhaseCommand.CanCommit command) {}

        /** Seen where it goes through the network, whoever asks. */
        @Override
        public void askAcceptor(ProposerCommand.AskAcceptor command) {}

        @Override
        public void proposeLater(ProposerCommand.ProposeLater command) {}

        @Override
        public void recordOutcome(ThreePhaseCommand.RecordOutcome command) {
            obeyed(command.chosen());
        }

        @Override
        public void forgetRegister(ThreePhaseCommand.ForgetRegister command) {}
    }
}
