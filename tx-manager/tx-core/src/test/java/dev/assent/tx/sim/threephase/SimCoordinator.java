package dev.assent.tx.sim.threephase;

import dev.assent.invariants.Invariants;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.ThreePhaseCommand;
import dev.assent.tx.protocol.threephase.ThreePhaseCommit;
import dev.assent.tx.protocol.threephase.ThreePhaseInput;
import java.util.function.Consumer;
import java.util.function.Function;

/** Carries out what the coordinator's machine wants, in the process of the first node; gone when that dies. */
final class SimCoordinator implements ThreePhaseCommand.Handler {
    private final World world;
    private final int at;
    private final int life;
    private final ProposerId self;
    private final ThreePhaseCommit machine;
    private final Hearing hearing;
    private boolean preCommitted;
    private boolean abortedLoudly;
    private boolean answered;

    SimCoordinator(World world, int at, int branches, ProposerId self) {
        this.world = world;
        this.at = at;
        this.life = world.net().life(at);
        this.self = self;
        this.machine = new ThreePhaseCommit(branches, world.acceptors(), self, SimProcess.BACKOFF);
        this.hearing = new Hearing(world.flaw(), world.acceptors());
    }

    boolean isAlive() {
        return world.net().isAlive(at) && world.net().life(at) == life;
    }

    ProposerId self() {
        return self;
    }

    boolean hasAnswered() {
        return answered;
    }

    boolean isFinished() {
        return machine.isFinished();
    }

    void input(Message<? super ThreePhaseInput.Handler> input) {
        if (isAlive()) {
            input.accept(world.trace().inputs());
            for (Message<? super ThreePhaseCommand.Handler> command : machine.step(input)) {
                command.accept(world.trace().commands());
                command.accept(this);
            }
        }
    }

    void told(Decision decision) {
        input(new ThreePhaseInput.DecisionLearned(decision));
    }

    /** A request to a branch and its answer; whatever is repeated, one answer counts. */
    private <T> void tell(int branch, String what, Function<SimProcess, T> does, Consumer<T> heard, Runnable lost) {
        call(branch, what, (process, reply) -> reply.accept(does.apply(process)), heard, lost);
    }

    private interface Call<T> {
        void on(SimProcess process, Consumer<T> reply);
    }

    private <T> void call(int branch, String what, Call<T> does, Consumer<T> heard, Runnable lost) {
        boolean[] over = new boolean[1];
        Runnable failed = () -> world.net().timer(at, what + " is not answered", () -> once(over, lost));
        Consumer<T> back = answer -> world.net()
                .message(branch, at, what + " is answered", () -> once(over, () -> heard.accept(answer)), failed);
        world.net()
                .message(
                        at,
                        branch,
                        what,
                        () -> {
                            does.on(world.process(branch), back);
                            // A process that dies with the answer in its hands breaks the link.
                            failed.run();
                        },
                        failed);
    }

    private static void once(boolean[] over, Runnable action) {
        if (!over[0]) {
            over[0] = true;
            action.run();
        }
    }

    @Override
    public void canCommit(ThreePhaseCommand.CanCommit command) {
        this.<Vote>call(
                command.branch(),
                "canCommit",
                (process, vote) -> process.canCommit(command.acceptors(), vote),
                vote -> voted(command.branch(), vote),
                () -> voted(command.branch(), new Vote.Unconfirmed("no answer")));
    }

    private void voted(int branch, Vote vote) {
        boolean isYes = (vote instanceof Vote.Unconfirmed && world.flaw() == PaxosFlaw.TAKES_SILENCE_FOR_A_YES);
        boolean isReader = (vote instanceof Vote.Rollback && world.flaw() == PaxosFlaw.TAKES_A_NO_FOR_READ_ONLY);
        Vote taken = isYes ? new Vote.Prepared() : isReader ? new Vote.ReadOnly() : vote;
        input(new BranchInput.Voted(branch, taken));
    }

    @Override
    public void askAcceptor(ProposerCommand.AskAcceptor command) {
        preCommitted = true;
        hearing.asks(command.request());
        world.ask(at, command, (from, reply) -> {
            if (reply instanceof AcceptorReply.Accepted accepted
                    && world.flaw() == PaxosFlaw.COMMITS_AT_THE_FIRST_ACCEPTED) {
                input(new ThreePhaseInput.DecisionLearned(accepted.value()));
            }
            hearing.understand(from, reply).ifPresent(this::input);
        });
    }

    @Override
    public void proposeLater(ProposerCommand.ProposeLater command) {
        world.net().timer(at, "asks again", () -> input(new ProposerInput.ProposalDue()));
    }

    @Override
    public void recordOutcome(ThreePhaseCommand.RecordOutcome command) {
        if (world.flaw() == PaxosFlaw.FORGETS_BEFORE_ALL_HAVE_ENDED) {
            world.forget(at);
        }
        Runnable recorded = () -> {
            world.truth().recorded();
            input(new ThreePhaseInput.OutcomeRecorded());
        };
        if (world.flaw() == PaxosFlaw.FORGETS_BEFORE_THE_RECORD) {
            world.net().timer(at, "does not wait for the store", () -> input(new ThreePhaseInput.OutcomeRecorded()));
        }
        world.net().store(at, "records the outcome", recorded);
    }

    @Override
    public void forgetRegister(ThreePhaseCommand.ForgetRegister command) {
        world.reach(World.Reached.FORGOTTEN);
        world.forget(at);
    }

    @Override
    public void prepare(BranchCommand.Prepare command) {
        throw new Truth.BrokenRule("three-phase commit prepares with canCommit");
    }

    @Override
    public void cutShort(BranchCommand.CutShort command) {
        // The votes here come without it.
    }

    @Override
    public void commitOnePhase(BranchCommand.CommitOnePhase command) {
        throw new Truth.BrokenRule("three-phase commit has no one-phase commit");
    }

    @Override
    public void commit(BranchCommand.Commit command) {
        tell(
                command.branch(),
                "doCommit",
                SimProcess::commit,
                done -> ended(command.branch(), done),
                () -> ended(command.branch(), new Completion.Retry("no answer")));
    }

    @Override
    public void rollback(BranchCommand.Rollback command) {
        if (world.flaw() == PaxosFlaw.PRE_COMMITS_AFTER_ABORT && !preCommitted && !abortedLoudly) {
            abortedLoudly = true;
            AcceptorRequest late = new AcceptorRequest.Accept(Ballot.first(self), Decision.COMMIT);
            world.askAll(at, late);
        }
        tell(
                command.branch(),
                "doAbort",
                SimProcess::rollback,
                done -> ended(command.branch(), done),
                () -> ended(command.branch(), new Completion.Retry("no answer")));
    }

    private void ended(int branch, Completion completion) {
        input(new BranchInput.Ended(branch, completion));
    }

    @Override
    public void retryLater(BranchCommand.RetryLater command) {
        world.net().timer(at, "tells again", () -> input(new BranchInput.RetryDue(command.branch())));
    }

    /** A branch that is gone was ended by whoever terminated the transaction: so the machine does not ask. */
    @Override
    public void checkAbsence(BranchCommand.CheckAbsence command) {
        input(new BranchInput.AbsenceChecked(command.branch(), true));
    }

    @Override
    public void keepHeuristic(BranchCommand.KeepHeuristic command) {
        throw new Truth.BrokenRule("no branch decides by itself here: " + command);
    }

    @Override
    public void answer(TransactionCommand.Answer command) {
        answered = true;
        Outcome told = command.outcome();
        if (told instanceof Outcome.Unknown unknown && !machine.isFinished()) {
            told = switch (world.flaw()) {
                case TELLS_ROLLED_BACK_FOR_UNKNOWN -> new Outcome.RolledBack(unknown.cause());
                case TELLS_COMMITTED_FOR_UNKNOWN -> new Outcome.Committed();
                default -> told;
            };
        }
        world.reach(
                told instanceof Outcome.Committed
                        ? World.Reached.TOLD_COMMITTED
                        : told instanceof Outcome.RolledBack
                                ? World.Reached.TOLD_ROLLED_BACK
                                : World.Reached.TOLD_UNKNOWN);
        world.truth().told(told);
    }

    @Override
    public void learned(TransactionCommand.Learned command) {
        world.truth().told(command.outcome());
    }

    @Override
    public void finish(TransactionCommand.Finish command) {
        Invariants.check(answered, "whoever finishes has answered");
    }
}
