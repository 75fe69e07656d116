package dev.assent.tx.sim;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.Backoff;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.DecisionCommand;
import dev.assent.tx.protocol.twophase.DecisionInput;
import dev.assent.tx.protocol.twophase.DecisionWrite;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseCommit;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One transaction's production machines, their commands turned into effects that can be lost, late or cut off. */
final class SimTransaction {

    /** Something sent: first it takes effect, later its answer arrives; either may be lost. */
    final class Effect {
        private final Supplier<Runnable> act;
        private final Runnable withoutAnswer;
        private final Runnable unsent;
        private final @Nullable SimResource target;
        private final int branch;
        private final boolean prepares;
        private @Nullable Runnable answer;
        private boolean hung;

        /** To the store, or to nobody. */
        Effect(Supplier<Runnable> act, Runnable withoutAnswer) {
            this(act, withoutAnswer, withoutAnswer, NO_BRANCH, false);
        }

        Effect(Supplier<Runnable> act, Runnable withoutAnswer, Runnable unsent, int branch, boolean prepares) {
            this.act = act;
            this.withoutAnswer = withoutAnswer;
            this.unsent = unsent;
            this.target = branch == NO_BRANCH ? null : resources.get(branch);
            this.branch = branch;
            this.prepares = prepares;
        }

        /** Neither answered nor failed, until {@link #thaw} or the end of anybody's waiting for it. */
        void hang() {
            hung = true;
        }

        void thaw() {
            hung = false;
        }

        boolean isHung() {
            return hung;
        }

        boolean hasTakenEffect() {
            return answer != null;
        }

        void takeEffect() {
            answer = act.get();
        }

        /** The next half: effect, then answer. */
        void advance() {
            Runnable known = answer;
            if (known == null) {
                takeEffect();
            } else {
                pending.remove(this);
                known.run();
            }
        }

        void loseAnswer() {
            pending.remove(this);
            withoutAnswer.run();
        }

        /** It never leaves the coordinator, and the coordinator knows. */
        void doNotSend() {
            if (hasTakenEffect()) {
                advance();
            } else {
                pending.remove(this);
                unsent.run();
            }
        }

        /** Somebody ends the branch that it is about, if that is prepared. */
        boolean endByHand(SimResource.State how) {
            SimResource of = target;
            boolean wasPrepared = of != null && of.endByHand(xid(branch), how);
            if (wasPrepared) {
                hands.ended(branch, how, SimTransaction.this.answer != null);
            }
            return wasPrepared;
        }

        @Nullable
        SimResource target() {
            return target;
        }
    }

    private static final int NO_BRANCH = -1;

    private final Flaw flaw;
    private final SimStore store;
    private final GlobalTxId id;
    private final List<SimResource> resources;
    private final List<SimResource.Nature> natures;
    private final List<BranchName> names = new ArrayList<>();
    private final LoneBranch loneBranch;
    private final TwoPhaseCommit machine;
    private final List<Effect> pending = new ArrayList<>();
    /** Prepares that a resource that hung may still read, though nobody waits for them any more. */
    private final List<Effect> unread = new ArrayList<>();

    private final Hands hands = new Hands();

    private @Nullable DecisionWrite write;
    private @Nullable Outcome answer;
    private boolean crashed;

    SimTransaction(
            Flaw flaw,
            SimStore store,
            GlobalTxId id,
            List<SimResource> resources,
            List<SimResource.Nature> natures,
            LoneBranch loneBranch) {
        this.flaw = flaw;
        this.store = store;
        this.id = id;
        this.resources = resources;
        this.natures = natures;
        this.loneBranch = loneBranch;
        this.machine = new TwoPhaseCommit(resources.size(), new Backoff(1, 1), loneBranch);
        for (int branch = 0; branch < resources.size(); branch++) {
            names.add(new BranchName(
                    resources.get(branch).hash(), branch, id.key().incarnation()));
            resources.get(branch).work(xid(branch), natures.get(branch));
        }
    }

    GlobalTxId id() {
        return id;
    }

    private BranchId xid(int branch) {
        return names.get(branch).in(id);
    }

    void input(Message<? super TwoPhaseInput.Handler> input) {
        if (!crashed) {
            Commands commands = new Commands();
            machine.step(input).forEach(command -> command.accept(commands));
        }
    }

    List<Effect> pending() {
        return pending;
    }

    List<Effect> unread() {
        return unread;
    }

    Optional<Effect> nextNotHung() {
        return pending.stream().filter(effect -> !effect.isHung()).findFirst();
    }

    /** As the sweep does: past its deadline a transaction is told so, again and again. */
    void expire(long nowEpochMillis) {
        if (crashed || !id.isPastDeadline(nowEpochMillis)) {
            return;
        }
        if (flaw == Flaw.TAKES_SILENCE_FOR_A_YES) {
            List<Effect> silent = pending.stream()
                    .filter(effect -> effect.isHung() && effect.prepares)
                    .toList();
            pending.removeAll(silent);
            unread.addAll(silent);
            silent.forEach(effect -> input(new BranchInput.Voted(effect.branch, new Vote.Prepared())));
        } else if (flaw != Flaw.WAITS_FOR_VOTES_PAST_THE_DEADLINE) {
            input(new TransactionInput.Expired("its time-out expired"));
        }
    }

    /** Past the deadline no branch that hangs in prepare keeps the caller from hearing; later ones are for patience. */
    void checkToldPastDeadline() {
        boolean votesOut = pending.stream().anyMatch(effect -> effect.isHung() && effect.prepares);
        boolean onlyVotes = pending.stream().allMatch(effect -> effect.isHung() && effect.prepares);
        if (!crashed && votesOut && onlyVotes && answer == null) {
            throw new Violation("the caller waits for a branch that hangs past the deadline");
        }
    }

    boolean isCrashed() {
        return crashed;
    }

    /** The coordinator's process dies; {@code late} decides whether what it has sent may still arrive. */
    List<Effect> crash(boolean late) {
        crashed = true;
        List<Effect> inFlight = late
                ? pending.stream().filter(effect -> !effect.hasTakenEffect()).toList()
                : List.of();
        pending.clear();
        if (!late) {
            disconnect();
        }
        return inFlight;
    }

    void disconnect() {
        for (int branch = 0; branch < resources.size(); branch++) {
            resources.get(branch).disconnect(xid(branch));
        }
    }

    private final class Commands implements TwoPhaseCommand.Handler, DecisionCommand.Handler {

        @Override
        public void prepare(BranchCommand.Prepare command) {
            int branch = command.branch();
            SimResource resource = resources.get(branch);
            pending.add(new Effect(
                    () -> {
                        Vote vote = resource.prepare(xid(branch));
                        return () -> input(new BranchInput.Voted(branch, vote));
                    },
                    () -> {
                        hands.unanswered(branch);
                        input(new BranchInput.Voted(branch, new Vote.Unconfirmed("no answer")));
                    },
                    () -> input(new BranchInput.Voted(branch, new Vote.Rollback("not sent"))),
                    branch,
                    true));
        }

        /** Every other branch's participant hears it; those that do not go on hanging. */
        @Override
        public void cutShort(BranchCommand.CutShort command) {
            int branch = command.branch();
            List<Effect> hanging = pending.stream()
                    .filter(effect -> effect.prepares && effect.branch == branch && effect.isHung())
                    .toList();
            if (branch % 2 == 0) {
                pending.removeAll(hanging);
                for (Effect effect : hanging) {
                    if (!effect.hasTakenEffect()) {
                        resources.get(branch).cutOff(xid(branch));
                        unread.add(effect);
                    }
                    later(effect.withoutAnswer);
                }
            }
        }

        @Override
        public void commitOnePhase(BranchCommand.CommitOnePhase command) {
            int branch = command.branch();
            SimResource resource = resources.get(branch);
            if (flaw == Flaw.LEAVES_A_LOST_PREPARE && natures.get(branch) == SimResource.Nature.DISTRUSTED) {
                commitUndecided(branch);
            } else {
                tell(branch, () -> flawedOnePhase(resource.commitOnePhase(xid(branch))));
            }
        }

        /** As a driver would that prepares and commits in one call, and tells a lost prepare as a rollback. */
        private void commitUndecided(int branch) {
            SimResource resource = resources.get(branch);
            Runnable lost =
                    () -> input(new BranchInput.Ended(branch, new Completion.RolledBack("prepare was not confirmed")));
            pending.add(new Effect(
                    () -> {
                        Vote unused = resource.prepare(xid(branch));
                        return () -> {
                            resource.commitUndecided(xid(branch));
                            input(new BranchInput.Ended(branch, new Completion.Done()));
                        };
                    },
                    lost,
                    lost,
                    branch,
                    false));
        }

        private Completion flawedOnePhase(Completion completion) {
            boolean wrong =
                    flaw == Flaw.TAKES_NOT_KNOWN_FOR_DONE_WITHOUT_RECORD && completion instanceof Completion.NotKnown;
            return wrong ? new Completion.Done() : completion;
        }

        @Override
        public void commit(BranchCommand.Commit command) {
            int branch = command.branch();
            tell(
                    branch,
                    () -> explained(
                            command.route(), branch, resources.get(branch).commit(xid(branch))));
        }

        @Override
        public void rollback(BranchCommand.Rollback command) {
            int branch = command.branch();
            tell(
                    branch,
                    () -> explained(
                            command.route(), branch, resources.get(branch).rollback(xid(branch))));
        }

        /** Every other branch's database tells who did the work how a branch ended that was prepared and is gone. */
        private Completion explained(Route route, int branch, Completion answer) {
            boolean asked = route == Route.WORKER && flaw != Flaw.NEVER_ASKS_WHO_WORKED && isWitnessed(branch);
            if (!asked || !(answer instanceof Completion.NotKnown)) {
                return answer;
            }
            return switch (resources.get(branch).state(xid(branch))) {
                case COMMITTED -> new Completion.Heuristic(HeuristicOutcome.COMMITTED, "so the database says");
                case ROLLED_BACK -> new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "so the database says");
                case WORKING, PREPARED, READ_ONLY_ENDED -> answer;
            };
        }

        private void tell(int branch, Supplier<Completion> call) {
            Completion lost = new Completion.Retry("no answer");
            Completion unsent = new Completion.Unsent("no link");
            pending.add(new Effect(
                    () -> {
                        Completion result = call.get();
                        return () -> input(new BranchInput.Ended(branch, result));
                    },
                    () -> {
                        hands.unanswered(branch);
                        input(new BranchInput.Ended(branch, flaw == Flaw.TAKES_UNANSWERED_FOR_UNSENT ? unsent : lost));
                    },
                    () -> input(
                            new BranchInput.Ended(branch, flaw == Flaw.TAKES_UNSENT_FOR_UNANSWERED ? lost : unsent)),
                    branch,
                    false));
        }

        @Override
        public void writeDecision(TwoPhaseCommand.WriteDecision command) {
            DecisionWrite started = new DecisionWrite();
            write = started;
            if (flaw == Flaw.COMMITS_BEFORE_THE_RECORD) {
                input(new TwoPhaseInput.Decided(new CommitResult.Written()));
            }
            started.begin().accept(this);
        }

        private void decisionInput(DecisionInput input) {
            DecisionWrite running = write;
            if (!crashed && running != null) {
                running.step(input).accept(this);
            }
        }

        private void ask(Supplier<DecisionInput> request) {
            pending.add(new Effect(
                    () -> {
                        DecisionInput result = request.get();
                        return () -> decisionInput(result);
                    },
                    () -> decisionInput(new DecisionInput.ConnectionLost("lost"))));
        }

        @Override
        public void create(DecisionCommand.Create command) {
            List<BranchName> prepared = new ArrayList<>();
            for (int branch = 0; branch < names.size(); branch++) {
                if (natures.get(branch).isWriter()) {
                    prepared.add(names.get(branch));
                }
            }
            ask(() -> store.createCommit(id, prepared));
        }

        @Override
        public void awaitConnection(DecisionCommand.AwaitConnection command) {
            ask(DecisionInput.Reconnected::new);
        }

        @Override
        public void syncAndRead(DecisionCommand.SyncAndRead command) {
            ask(() -> store.read(id).accept(new Read()));
        }

        private final class Read implements RecordRead.Handler<DecisionInput> {
            @Override
            public DecisionInput absent(RecordRead.Absent read) {
                return new DecisionInput.Absent();
            }

            @Override
            public DecisionInput found(RecordRead.Found read) {
                return new DecisionInput.Found(
                        flaw == Flaw.TAKES_ANY_RECORD_FOR_COMMIT
                                ? Decision.COMMIT
                                : read.record().decision());
            }

            @Override
            public DecisionInput unreadable(RecordRead.Unreadable read) {
                return new DecisionInput.GaveUp(read.why());
            }
        }

        @Override
        public void conclude(DecisionCommand.Conclude command) {
            if (flaw == Flaw.COMMITS_BEFORE_THE_RECORD) {
                return;
            }
            CommitResult result = command.result();
            if (flaw == Flaw.DELETES_COMMIT_EARLY && result instanceof CommitResult.Written) {
                store.delete(id);
            }
            boolean wrong = flaw == Flaw.ROLLS_BACK_WHEN_FENCED_AND_ABSENT && result instanceof CommitResult.Unknown;
            input(new TwoPhaseInput.Decided(wrong ? new CommitResult.Fenced() : result));
        }

        @Override
        public void retryLater(BranchCommand.RetryLater command) {
            later(() -> input(new BranchInput.RetryDue(command.branch())));
        }

        @Override
        public void checkAbsence(BranchCommand.CheckAbsence command) {
            later(() -> {
                boolean endedByRecovery = flaw != Flaw.TAKES_ANY_ABSENCE_FOR_A_HAND && isRecoveryAtWork();
                if (!endedByRecovery && !hands.ended(command.branch())) {
                    throw new Violation("a hazard is told although nobody ended a branch by hand");
                }
                input(new BranchInput.AbsenceChecked(command.branch(), endedByRecovery));
            });
        }

        @Override
        public void keepHeuristic(BranchCommand.KeepHeuristic command) {
            hands.kept(command.branch());
            later(() -> input(new BranchInput.HeuristicKept(command.branch())));
        }

        @Override
        public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {
            boolean ledShard = loneBranch == LoneBranch.WITH_RECORD;
            later(ledShard ? () -> store.release(id) : () -> store.delete(id));
        }

        private void later(Runnable action) {
            pending.add(new Effect(() -> action, action));
        }

        @Override
        public void answer(TransactionCommand.Answer command) {
            boolean wrong = flaw == Flaw.REPORTS_ROLLBACK_ON_UNKNOWN && command.outcome() instanceof Outcome.Unknown;
            answer = wrong ? new Outcome.RolledBack("presumed") : command.outcome();
        }

        @Override
        public void learned(TransactionCommand.Learned command) {}

        @Override
        public void finish(TransactionCommand.Finish command) {
            Outcome told = answer;
            if (told != null && !isRecoveryAtWork()) {
                hands.checkNoticed(told, SimTransaction::isWitnessed);
            }
        }
    }

    @Nullable
    Outcome answer() {
        return answer;
    }

    /** Whether somebody else may have ended branches by now. */
    private boolean isRecoveryAtWork() {
        return store.isTakenUp(id) || store.census().isFenced(EpochRef.of(id));
    }

    private static boolean isWitnessed(int branch) {
        return branch % 2 == 1;
    }

    /** Once healed: no branch in doubt, one outcome everywhere, and the caller was told nothing else. */
    void check() {
        int committed = 0;
        int rolledBack = 0;
        for (int branch = 0; branch < names.size(); branch++) {
            SimResource.State state = resources.get(branch).state(xid(branch));
            if (hands.ended(branch)) {
                continue;
            }
            switch (state) {
                case PREPARED -> throw new Violation("a branch is left prepared");
                case WORKING -> throw new Violation("a branch is left working");
                case COMMITTED -> committed++;
                case ROLLED_BACK -> rolledBack++;
                case READ_ONLY_ENDED -> {}
            }
        }
        // A reader that never got to vote is rolled back without having changed anything.
        long idleReaders = idleReaders();
        if (committed > 0 && rolledBack > idleReaders) {
            throw new Violation("committed in " + committed + " branches, rolled back in " + rolledBack);
        }
        if (committed > 0 && natures.contains(SimResource.Nature.REFUSER)) {
            throw new Violation("committed although a branch refused");
        }
        Outcome told = answer;
        if (told == null && !crashed) {
            throw new Violation("the caller was told nothing");
        }
        if (told instanceof Outcome.Committed && rolledBack > idleReaders) {
            throw new Violation("the caller was told committed, but it was rolled back");
        }
        if (told instanceof Outcome.RolledBack && committed > 0) {
            throw new Violation("the caller was told rolled back, but it was committed");
        }
    }

    /** Whoever is told that it was rolled back finds the locks free, long before the deadline. */
    void checkLocksAreFree() {
        if (crashed || !(answer instanceof Outcome.RolledBack)) {
            return;
        }
        for (int branch = 0; branch < names.size(); branch++) {
            if (resources.get(branch).state(xid(branch)) == SimResource.State.PREPARED) {
                throw new Violation("a branch was told as rolled back, and keeps its locks");
            }
        }
    }

    /** Whether the first branch did not, and never will, vote READ_ONLY; as its agent knows. */
    boolean isFirstBranchNotReadOnly() {
        if (names.isEmpty()) {
            return false;
        }
        SimResource.State state = resources.get(0).state(xid(0));
        return state != SimResource.State.WORKING && state != SimResource.State.READ_ONLY_ENDED;
    }

    /** What an asker was told must be what happened, and what the caller heard. */
    void checkTold(Outcome told) {
        if (hands.any()) {
            return; // what a hand did, the ledger says, which is not here
        }
        if (told instanceof Outcome.RolledBack && answer instanceof Outcome.Committed) {
            throw new Violation("an asker was told rolled back, but the caller heard committed");
        }
        boolean committed = false;
        boolean wrote = false;
        for (int branch = 0; branch < names.size(); branch++) {
            SimResource.State state = resources.get(branch).state(xid(branch));
            committed |= state == SimResource.State.COMMITTED;
            wrote |= natures.get(branch).isWriter();
        }
        if (told instanceof Outcome.RolledBack && committed) {
            throw new Violation("an asker was told rolled back, but it was committed");
        }
        if (told instanceof Outcome.Committed && wrote && !committed) {
            throw new Violation("an asker was told committed, but it was not");
        }
    }

    private long idleReaders() {
        long idle = 0;
        for (int branch = 0; branch < names.size(); branch++) {
            if (!hands.ended(branch)
                    && natures.get(branch) == SimResource.Nature.READER
                    && resources.get(branch).state(xid(branch)) == SimResource.State.ROLLED_BACK) {
                idle++;
            }
        }
        return idle;
    }
}
