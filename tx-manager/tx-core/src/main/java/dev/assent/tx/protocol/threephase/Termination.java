package dev.assent.tx.protocol.threephase;

import dev.assent.time.Backoff;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.Proposer;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends one transaction from outside its coordinator: for any participant that voted yes, and any node. One for each
 * transaction and life of a process; one thread at a time.
 *
 * <p>A suspicion only begins it. What is chosen in the register is obeyed, and nothing else: while no majority of the
 * acceptors answers, nothing is decided, and prepared branches stay so. Several at once, a coordinator that lives among
 * them, disturb each other and nothing more.
 */
public final class Termination {
    private final Proposer proposer;
    private final Steps steps = new Steps();
    private List<Message<? super TerminationCommand.Handler>> commands = new ArrayList<>();
    private boolean finished;

    public Termination(AcceptorSet acceptors, ProposerId self, Backoff retries) {
        this.proposer = new Proposer(acceptors, self, retries, command -> commands.add(command));
    }

    /** Reacts to one input; one that comes too late changes nothing. */
    public List<Message<? super TerminationCommand.Handler>> step(Message<? super TerminationInput.Handler> input) {
        if (finished) {
            return List.of();
        }
        input.accept(steps);
        proposer.chosen().ifPresent(chosen -> finish(new TerminationCommand.Obey(chosen)));
        if (proposer.isForgotten()) {
            finish(new TerminationCommand.FindRecord());
        }
        List<Message<? super TerminationCommand.Handler>> result = commands;
        commands = new ArrayList<>();
        return result;
    }

    private void finish(TerminationCommand last) {
        finished = true;
        commands.add(last);
    }

    /** Whether the decision is known, or nobody can tell it any more. */
    public boolean isFinished() {
        return finished;
    }

    /** One method an input. */
    private final class Steps implements TerminationInput.Handler {
        @Override
        public void suspected(TerminationInput.Suspected input) {
            if (!proposer.hasBegun()) {
                proposer.begin();
            }
        }

        @Override
        public void decisionTold(TerminationInput.DecisionTold input) {
            proposer.learned(input.chosen());
        }

        @Override
        public void acceptorAnswered(ProposerInput.AcceptorAnswered input) {
            proposer.answered(input);
        }

        @Override
        public void proposalDue(ProposerInput.ProposalDue input) {
            proposer.proposalDue();
        }
    }
}
