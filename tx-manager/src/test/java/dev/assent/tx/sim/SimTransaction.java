package dev.assent.tx.sim;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.Verdict;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.Backoff;
import dev.assent.tx.protocol.DecisionCommand;
import dev.assent.tx.protocol.DecisionInput;
import dev.assent.tx.protocol.DecisionWrite;
import dev.assent.tx.protocol.LoneBranch;
import dev.assent.tx.protocol.TwoPhaseCommand;
import dev.assent.tx.protocol.TwoPhaseCommit;
import dev.assent.tx.protocol.TwoPhaseInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One transaction's production machines, their commands turned into effects that can be lost, late or cut off. */
final class SimTransaction {

    /** Something sent: first it takes effect, later its answer arrives; either may be lost. */
    final class Effect {
        private final Supplier<Runnable> act;
        private final Runnable withoutAnswer;
        private final @Nullable SimResource target;
        private final int prepares;
        private @Nullable Runnable answer;
        private boolean hung;

        Effect(Supplier<Runnable> act, Runnable withoutAnswer, @Nullable SimResource target) {
            this(act, withoutAnswer, target, NO_BRANCH);
        }

        Effect(Supplier<Runnable> act, Runnable withoutAnswer, @Nullable SimResource target, int prepares) {
            this.act = act;
            this.withoutAnswer = withoutAnswer;
            this.target = target;
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

    void input(TwoPhaseInput input) {
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
                    .filter(effect -> effect.isHung() && effect.prepares != NO_BRANCH)
                    .toList();
            pending.removeAll(silent);
            unread.addAll(silent);
            silent.forEach(effect -> input(new TwoPhaseInput.Voted(effect.prepares, new Vote.Prepared())));
        } else if (flaw != Flaw.WAITS_FOR_VOTES_PAST_THE_DEADLINE) {
            input(new TwoPhaseInput.Expired("its time-out expired"));
        }
    }

    /** Past the deadline no branch that hangs in prepare keeps the caller from hearing; later ones are for patience. */
    void checkToldPastDeadline() {
        boolean votesOut = pending.stream().anyMatch(effect -> effect.isHung() && effect.prepares != NO_BRANCH);
        boolean onlyVotes = pending.stream().allMatch(effect -> effect.isHung() && effect.prepares != NO_BRANCH);
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
        public void prepare(TwoPhaseCommand.Prepare command) {
            int branch = command.branch();
            SimResource resource = resources.get(branch);
            pending.add(new Effect(
                    () -> {
                        Vote vote = resource.prepare(xid(branch));
                        return () -> input(new TwoPhaseInput.Voted(branch, vote));
                    },
                    () -> input(new TwoPhaseInput.Voted(branch, new Vote.Unconfirmed("no answer"))),
                    resource,
                    branch));
        }

        /** Every other branch's participant hears it; those that do not go on hanging. */
        @Override
        public void cutShort(TwoPhaseCommand.CutShort command) {
            int branch = command.branch();
            List<Effect> hanging = pending.stream()
                    .filter(effect -> effect.prepares == branch && effect.isHung())
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
        public void commitOnePhase(TwoPhaseCommand.CommitOnePhase command) {
            int branch = command.branch();
            SimResource resource = resources.get(branch);
            send(
                    resource,
                    () -> resource.commitOnePhase(xid(branch)),
                    completion -> new TwoPhaseInput.Ended(branch, flawedOnePhase(completion)),
                    unanswered(branch));
        }

        private Completion flawedOnePhase(Completion completion) {
            boolean wrong =
                    flaw == Flaw.TAKES_NOT_KNOWN_FOR_DONE_WITHOUT_RECORD && completion instanceof Completion.NotKnown;
            return wrong ? new Completion.Done() : completion;
        }

        @Override
        public void commit(TwoPhaseCommand.Commit command) {
            int branch = command.branch();
            SimResource resource = resources.get(branch);
            send(
                    resource,
                    () -> resource.commit(xid(branch)),
                    done -> new TwoPhaseInput.Ended(branch, done),
                    unanswered(branch));
        }

        @Override
        public void rollback(TwoPhaseCommand.Rollback command) {
            int branch = command.branch();
            SimResource resource = resources.get(branch);
            send(
                    resource,
                    () -> resource.rollback(xid(branch)),
                    done -> new TwoPhaseInput.Ended(branch, done),
                    unanswered(branch));
        }

        private TwoPhaseInput unanswered(int branch) {
            return new TwoPhaseInput.Ended(branch, new Completion.Retry("no answer"));
        }

        private <T> void send(
                SimResource target, Supplier<T> call, Function<T, TwoPhaseInput> answered, TwoPhaseInput unanswered) {
            pending.add(new Effect(
                    () -> {
                        T result = call.get();
                        return () -> input(answered.apply(result));
                    },
                    () -> input(unanswered),
                    target));
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
                    () -> decisionInput(new DecisionInput.ConnectionLost("lost")),
                    null));
        }

        @Override
        public void create(DecisionCommand.Create command) {
            List<BranchName> prepared = new ArrayList<>();
            for (int branch = 0; branch < names.size(); branch++) {
                if (natures.get(branch) == SimResource.Nature.WRITER) {
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
                                ? Verdict.COMMIT
                                : read.record().verdict());
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
        public void retryLater(TwoPhaseCommand.RetryLater command) {
            later(() -> input(new TwoPhaseInput.RetryDue(command.branch())));
        }

        @Override
        public void checkAbsence(TwoPhaseCommand.CheckAbsence command) {
            later(() -> {
                boolean endedByRecovery = flaw != Flaw.TAKES_ANY_ABSENCE_FOR_A_HAND
                        && (id.isPastDeadline(store.latestPassMillis())
                                || store.census().isFenced(EpochRef.of(id)));
                if (!endedByRecovery) {
                    throw new Violation("a hazard is told although nobody ended a branch by hand");
                }
                input(new TwoPhaseInput.AbsenceChecked(command.branch(), true));
            });
        }

        @Override
        public void keepHeuristic(TwoPhaseCommand.KeepHeuristic command) {
            later(() -> input(new TwoPhaseInput.HeuristicKept(command.branch())));
        }

        @Override
        public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {
            boolean ledShard = loneBranch == LoneBranch.WITH_RECORD;
            later(ledShard ? () -> store.release(id) : () -> store.delete(id));
        }

        private void later(Runnable action) {
            pending.add(new Effect(() -> action, action, null));
        }

        @Override
        public void answer(TwoPhaseCommand.Answer command) {
            boolean wrong = flaw == Flaw.REPORTS_ROLLBACK_ON_UNKNOWN && command.outcome() instanceof Outcome.Unknown;
            answer = wrong ? new Outcome.RolledBack("presumed") : command.outcome();
        }

        @Override
        public void learned(TwoPhaseCommand.Learned command) {}

        @Override
        public void finish(TwoPhaseCommand.Finish command) {}
    }

    @Nullable
    Outcome answer() {
        return answer;
    }

    /** Once healed: no branch in doubt, one outcome everywhere, and the caller was told nothing else. */
    void check() {
        int committed = 0;
        int rolledBack = 0;
        for (int branch = 0; branch < names.size(); branch++) {
            switch (resources.get(branch).state(xid(branch))) {
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

    /** What an asker was told must be what happened. */
    void checkTold(Outcome told) {
        boolean committed = false;
        boolean wrote = false;
        for (int branch = 0; branch < names.size(); branch++) {
            SimResource.State state = resources.get(branch).state(xid(branch));
            committed |= state == SimResource.State.COMMITTED;
            wrote |= natures.get(branch) == SimResource.Nature.WRITER;
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
            if (natures.get(branch) == SimResource.Nature.READER
                    && resources.get(branch).state(xid(branch)) == SimResource.State.ROLLED_BACK) {
                idle++;
            }
        }
        return idle;
    }
}
