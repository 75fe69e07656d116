package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.TwoPhaseCommand;
import dev.assent.tx.protocol.TwoPhaseCommit;
import dev.assent.tx.protocol.TwoPhaseInput;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one transaction's {@link TwoPhaseCommit} to its end.
 *
 * <p>While the caller waits, its own thread steps the machine and serves the first branch of each round; the others
 * go to the workers. When the caller has its answer and something is left to do, workers go on. Inputs are queued, so
 * the machine is stepped by one thread at a time.
 */
final class TransactionRun {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionRun.class);
    private static final long LEDGER_PAUSE_MILLIS = 1_000;

    /** What a run needs from its service. */
    interface Host {
        CompletionStage<CommitResult> commit(GlobalTxId transaction, List<BranchName> prepared);

        void release(GlobalTxId transaction);

        void fenced(GlobalTxId transaction);

        HeuristicLedger ledger();

        Workers workers();

        /** Who ends a branch when its own participant could not. */
        Participant recovererFor(Branch branch);

        String resourceName(BranchName branch);

        void learned(GlobalTxId transaction, Outcome outcome);

        void finished(GlobalTxId transaction);
    }

    private final Host host;
    private final GlobalTxId id;
    private final List<Branch> branches;
    private final TwoPhaseCommit machine;
    private final BlockingQueue<TwoPhaseInput> inbox = new LinkedBlockingQueue<>();
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile @Nullable Outcome answer;
    private volatile boolean callerPresent;

    TransactionRun(Host host, GlobalTxId id, List<Branch> branches, TwoPhaseCommit machine) {
        this.host = host;
        this.id = id;
        this.branches = List.copyOf(branches);
        this.machine = machine;
    }

    /** Starts with {@code first} and drives on the calling thread until there is an answer. */
    Outcome drive(TwoPhaseInput first, Duration patience) {
        callerPresent = true;
        inbox.add(first);
        long endNanos = System.nanoTime() + patience.toNanos();
        try {
            Outcome told = answer;
            while (told == null) {
                TwoPhaseInput input = inbox.poll(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
                step(input == null ? new TwoPhaseInput.WaitedEnough() : input);
                told = answer;
            }
            return told;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            step(new TwoPhaseInput.WaitedEnough());
            Outcome told = answer;
            return told == null ? new Outcome.Unknown("interrupted while committing; ask for the outcome later") : told;
        } finally {
            callerPresent = false;
            if (!inbox.isEmpty()) {
                host.workers().execute(this::drain);
            }
        }
    }

    /** Starts with {@code first} on the workers; {@link #await} gives the answer. */
    void start(TwoPhaseInput first) {
        post(first);
    }

    /** The deadline has passed; undecided work is rolled back. */
    void expire() {
        post(new TwoPhaseInput.Expired());
    }

    /** Waits for the answer of a run that another thread drives. */
    Outcome await(Duration patience) {
        try {
            if (!answered.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                step(new TwoPhaseInput.WaitedEnough());
                post(new TwoPhaseInput.WaitedEnough()); // wakes the thread that drives: it has its answer as well
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Outcome told = answer;
        return told == null ? new Outcome.Unknown("interrupted while ending; ask for the outcome later") : told;
    }

    private void post(TwoPhaseInput input) {
        inbox.add(input);
        if (!callerPresent) {
            host.workers().execute(this::drain);
        }
    }

    private void drain() {
        for (TwoPhaseInput input = inbox.poll(); input != null; input = inbox.poll()) {
            step(input);
        }
    }

    private void step(TwoPhaseInput input) {
        List<TwoPhaseCommand> commands;
        synchronized (machine) {
            commands = machine.step(input);
        }
        Round round = new Round();
        commands.forEach(command -> command.accept(round));
        round.run();
    }

    /** The commands of one step: calls to branches are gathered, so that the last ones start before the first. */
    private final class Round implements TwoPhaseCommand.Handler {
        private final List<Runnable> calls = new ArrayList<>();

        void run() {
            for (int call = 1; call < calls.size(); call++) {
                host.workers().execute(calls.get(call));
            }
            if (!calls.isEmpty()) {
                calls.get(0).run();
            }
        }

        @Override
        public void prepare(TwoPhaseCommand.Prepare command) {
            Branch branch = branches.get(command.branch());
            calls.add(() -> post(new TwoPhaseInput.Voted(command.branch(), vote(branch))));
        }

        @Override
        public void commitOnePhase(TwoPhaseCommand.CommitOnePhase command) {
            Branch branch = branches.get(command.branch());
            end(command.branch(), () -> branch.participant().commitOnePhase(branch.xid()));
        }

        @Override
        public void commit(TwoPhaseCommand.Commit command) {
            Branch branch = branches.get(command.branch());
            end(command.branch(), () -> participant(branch, command.attempt()).commit(branch.xid()));
        }

        @Override
        public void rollback(TwoPhaseCommand.Rollback command) {
            Branch branch = branches.get(command.branch());
            end(command.branch(), () -> participant(branch, command.attempt()).rollback(branch.xid()));
        }

        private void end(int branch, Supplier<Completion> call) {
            calls.add(() -> post(new TwoPhaseInput.Ended(branch, completion(call))));
        }

        @Override
        public void writeDecision(TwoPhaseCommand.WriteDecision command) {
            List<BranchName> prepared = command.prepared().stream()
                    .map(branch -> branches.get(branch).name())
                    .toList();
            CompletionStage<CommitResult> unused = host.commit(id, prepared).whenComplete(this::decided);
        }

        private void decided(@Nullable CommitResult result, @Nullable Throwable bug) {
            CommitResult known = result == null ? new CommitResult.Unknown("internal error: " + bug) : result;
            if (known instanceof CommitResult.Fenced || known instanceof CommitResult.Unknown) {
                host.fenced(id);
            }
            post(new TwoPhaseInput.Decided(known));
        }

        @Override
        public void retryLater(TwoPhaseCommand.RetryLater command) {
            host.workers().later(command.pauseMillis(), () -> post(new TwoPhaseInput.RetryDue(command.branch())));
        }

        @Override
        public void keepHeuristic(TwoPhaseCommand.KeepHeuristic command) {
            host.workers().execute(() -> keep(command));
        }

        @Override
        public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {
            host.release(id);
        }

        @Override
        public void answer(TwoPhaseCommand.Answer command) {
            answer = command.outcome();
            answered.countDown();
        }

        @Override
        public void learned(TwoPhaseCommand.Learned command) {
            host.learned(id, command.outcome());
        }

        @Override
        public void finish(TwoPhaseCommand.Finish command) {
            host.finished(id);
        }
    }

    private void keep(TwoPhaseCommand.KeepHeuristic command) {
        Branch branch = branches.get(command.branch());
        try {
            host.ledger()
                    .keep(new HeuristicLedger.Entry(
                            branch.xid(), host.resourceName(branch.name()), command.outcome(), command.cause()));
            LOG.error(
                    "branch {} of resource {} decided by itself: {} ({}); an operator must look at it",
                    branch.xid(),
                    host.resourceName(branch.name()),
                    command.outcome(),
                    command.cause());
            post(new TwoPhaseInput.HeuristicKept(command.branch()));
        } catch (IOException e) {
            LOG.warn("a heuristic outcome of {} could not be stored yet: {}", branch.xid(), e.getMessage());
            host.workers().later(LEDGER_PAUSE_MILLIS, () -> keep(command));
        }
    }

    private Participant participant(Branch branch, int attempt) {
        return attempt == 0 ? branch.participant() : host.recovererFor(branch);
    }

    /** Participants promise not to throw; if one does, the effect is unknown, and the protocol has a word for that. */
    private static Vote vote(Branch branch) {
        try {
            return branch.participant().prepare(branch.xid());
        } catch (RuntimeException e) {
            LOG.warn("prepare of {} threw", branch.xid(), e);
            return new Vote.Rollback("prepare failed: " + e);
        }
    }

    private static Completion completion(Supplier<Completion> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            LOG.warn("a participant threw", e);
            return new Completion.Retry("failed: " + e);
        }
    }
}
