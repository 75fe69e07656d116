package dev.assent.tx.sim.threephase;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.Termination;
import dev.assent.tx.protocol.threephase.TerminationCommand;
import dev.assent.tx.protocol.threephase.TerminationInput;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An agent with one branch, or a node without: an acceptor that may have to terminate the transaction. */
final class SimProcess {
    /** What a branch makes of prepare. */
    enum Nature {
        WRITER,
        READER,
        REFUSER
    }

    static final Backoff BACKOFF = new Backoff(1, 1);

    private final World world;
    private final int at;
    private final Optional<Nature> branch;
    private final SimAcceptor acceptor;
    private ProposerId self;
    /** Nodes are told with each question; an agent has kept them when it votes. */
    private @Nullable AcceptorSet keptAcceptors;

    private @Nullable AcceptorSet knownAcceptors;
    private @Nullable Termination termination;
    private @Nullable Terminating terminating;

    SimProcess(World world, int at, Optional<Nature> branch, SimAcceptor acceptor, ProposerId self) {
        this.world = world;
        this.at = at;
        this.branch = branch;
        this.acceptor = acceptor;
        this.self = self;
        if (branch.isEmpty()) {
            keptAcceptors = world.acceptors();
            knownAcceptors = keptAcceptors;
        }
    }

    SimAcceptor acceptor() {
        return acceptor;
    }

    boolean isAgent() {
        return branch.isPresent();
    }

    private Truth truth() {
        return world.truth();
    }

    /** What it worked on is gone with its connection; what is prepared, and its register, are on disks. */
    void crash() {
        acceptor.crash();
        termination = null;
        terminating = null;
        knownAcceptors = keptAcceptors;
        if (isAgent() && truth().branch(at) == Truth.BranchState.WORKING) {
            truth().rollsBack(at);
        }
    }

    void restart(ProposerId next) {
        if (world.flaw() != PaxosFlaw.REUSES_BALLOTS_AFTER_A_RESTART) {
            self = next;
        }
    }

    /** canCommit. */
    void canCommit(AcceptorSet acceptors, Consumer<Vote> vote) {
        if (truth().branch(at) != Truth.BranchState.WORKING) {
            vote.accept(new Vote.Rollback("this service has dropped the branch"));
            return;
        }
        switch (branch.orElseThrow()) {
            case REFUSER -> {
                truth().rollsBack(at);
                vote.accept(new Vote.Rollback("no"));
            }
            case READER -> {
                truth().readOnly(at);
                vote.accept(new Vote.ReadOnly());
            }
            case WRITER -> keep(acceptors, vote);
        }
    }

    /** First whom to ask, then the branch: whoever finds it prepared must know whom to ask. */
    private void keep(AcceptorSet acceptors, Consumer<Vote> vote) {
        knownAcceptors = acceptors;
        if (world.flaw() == PaxosFlaw.VOTES_BEFORE_THE_ACCEPTORS_ARE_KEPT) {
            world.net().disk(at, "prepares", () -> prepared(vote));
            return;
        }
        world.net().disk(at, "keeps the acceptors", () -> {
            keptAcceptors = acceptors;
            world.net().disk(at, "prepares", () -> prepared(vote));
        });
    }

    private void prepared(Consumer<Vote> vote) {
        if (truth().branch(at) == Truth.BranchState.WORKING) {
            truth().prepared(at);
            vote.accept(new Vote.Prepared());
        } else {
            vote.accept(new Vote.Rollback("this service has dropped the branch"));
        }
    }

    /** doCommit. */
    Completion commit() {
        if (truth().branch(at) == Truth.BranchState.PREPARED) {
            obey(Decision.COMMIT);
            return new Completion.Done();
        }
        return truth().branch(at) == Truth.BranchState.COMMITTED ? new Completion.Done() : new Completion.NotKnown();
    }

    /** doAbort. */
    Completion rollback() {
        boolean isOpen =
                truth().branch(at) == Truth.BranchState.PREPARED || truth().branch(at) == Truth.BranchState.WORKING;
        if (isOpen) {
            truth().rollsBack(at);
        }
        return isOpen ? new Completion.Done() : new Completion.NotKnown();
    }

    /** The coordinator's link is broken, or the deadline has passed; for a node: somebody asks. */
    void suspect() {
        if (isAgent() && truth().branch(at) == Truth.BranchState.WORKING) {
            truth().rollsBack(at); // has not voted, so it may
            return;
        }
        if (isAgent() && truth().branch(at) != Truth.BranchState.PREPARED) {
            return;
        }
        switch (world.flaw()) {
            case ENDS_BY_THE_TEXTBOOK -> obey(hasSeenPreCommit() ? Decision.COMMIT : Decision.ABORT);
            case ROLLS_BACK_ON_SUSPICION -> obey(Decision.ABORT);
            default -> terminate(new TerminationInput.Suspected());
        }
    }

    private boolean hasSeenPreCommit() {
        return acceptor.register().accepted().map(Proposal::value).equals(Optional.of(Decision.COMMIT));
    }

    void told(Decision decision) {
        terminate(new TerminationInput.DecisionTold(decision));
    }

    private void terminate(Message<? super TerminationInput.Handler> input) {
        AcceptorSet known = knownAcceptors;
        if (known == null) {
            return; // it can only wait to be told
        }
        Termination machine = termination;
        Terminating effects = terminating;
        if (machine == null || effects == null) {
            AcceptorSet asked = world.flaw() == PaxosFlaw.A_MINORITY_DECIDES ? world.reachable(at, known) : known;
            machine = new Termination(asked, self, BACKOFF);
            effects = new Terminating(machine, new Hearing(world.flaw(), asked));
            termination = machine;
            terminating = effects;
        }
        effects.step(input);
    }

    private void obey(Decision decision) {
        truth().learned(decision);
        if (!isAgent()) {
            return;
        }
        Truth.BranchState state = truth().branch(at);
        if (decision == Decision.COMMIT && state == Truth.BranchState.PREPARED) {
            truth().commits(at);
        } else if (decision == Decision.ABORT
                && (state == Truth.BranchState.PREPARED || state == Truth.BranchState.WORKING)) {
            truth().rollsBack(at);
        }
    }

    /** Carries out what terminating wants, while this life lasts. */
    private final class Terminating implements TerminationCommand.Handler {
        private final Termination machine;
        private final Hearing hearing;

        Terminating(Termination machine, Hearing hearing) {
            this.machine = machine;
            this.hearing = hearing;
        }

        void step(Message<? super TerminationInput.Handler> input) {
            if (terminating == this) {
                List<Message<? super TerminationCommand.Handler>> commands = machine.step(input);
                commands.forEach(command -> command.accept(this));
            }
        }

        @Override
        public void askAcceptor(ProposerCommand.AskAcceptor command) {
            hearing.asks(command.request());
            world.ask(at, command, (from, reply) -> hearing.understand(from, reply)
                    .ifPresent(this::step));
        }

        @Override
        public void proposeLater(ProposerCommand.ProposeLater command) {
            if (world.flaw() != PaxosFlaw.NEVER_ASKS_AGAIN) {
                world.net().timer(at, "asks again", () -> step(new ProposerInput.ProposalDue()));
            }
        }

        @Override
        public void obey(TerminationCommand.Obey command) {
            SimProcess.this.obey(command.chosen());
            world.tellOthers(at, command.chosen());
            if (!isAgent()) {
                truth().told(
                                command.chosen() == Decision.COMMIT
                                        ? new Outcome.Committed()
                                        : new Outcome.RolledBack("asked the acceptors"));
            }
        }

        @Override
        public void findRecord(TerminationCommand.FindRecord command) {
            world.reach(World.Reached.ASKED_AFTER_FORGETTING);
            world.net().store(at, "reads the record", this::foundOrNot);
        }

        private void foundOrNot() {
            if (isAgent() && truth().branch(at) == Truth.BranchState.PREPARED && !truth().isRecorded()) {
                truth().rollsBack(at); // it turned up after everybody had ended
                return;
            }
            truth().told(
                            truth().isRecorded()
                                    ? new Outcome.Committed()
                                    : new Outcome.RolledBack("forgotten, and not recorded"));
        }
    }
}
