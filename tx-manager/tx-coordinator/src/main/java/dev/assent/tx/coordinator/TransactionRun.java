package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TwoPhaseCommand;
import dev.assent.tx.protocol.TwoPhaseCommit;
import dev.assent.tx.protocol.TwoPhaseInput;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one transaction's {@link TwoPhaseCommit} to its end.
 *
 * <p>Inputs are queued, and whoever brings one while nobody steps the machine steps it until the queue is empty: a
 * caller, a thread of a resource's lane, the store's or the timer's. A step waits for nothing: participants and the
 * decision log answer by later inputs. So no resource and no listener can hold a thread that another transaction
 * needs, and a caller waits for the answer and for nothing else.
 */
final class TransactionRun {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionRun.class);
    private static final long LEDGER_PAUSE_MILLIS = 1_000;
    /** How long a caller whose patience is over waits for the thread that steps the machine just then. */
    private static final long LAST_WORD_MILLIS = 500;

    /** What a run needs from its service. Nothing of it blocks, but for what says so. */
    interface Host {
        CompletionStage<CommitResult> commit(GlobalTxId transaction, List<BranchName> prepared);

        void release(GlobalTxId transaction);

        void fenced(GlobalTxId transaction);

        HeuristicLedger ledger();

        /** Whether recovery may have ended branches of the transaction by now. Waits for the store. */
        boolean mayBeEndedByRecovery(GlobalTxId transaction) throws IOException;

        Workers workers();

        /** Who reaches the branch's resource now. */
        Participant recovererFor(Branch branch);

        String resourceName(BranchName branch);

        /** The stage completes when every listener has heard it. */
        CompletionStage<Void> learned(GlobalTxId transaction, Outcome outcome);

        void finished(GlobalTxId transaction);
    }

    private final Host host;
    private final GlobalTxId id;
    private final List<Branch> branches;
    private final TwoPhaseCommit machine;
    private final Queue<TwoPhaseInput> inbox = new ConcurrentLinkedQueue<>();
    /** Inputs that were not stepped yet; whoever makes it 1 steps. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
    /** The answer, once the listeners have heard it. */
    private final CompletableFuture<Outcome> answerAfterListeners = new CompletableFuture<>();

    /** Only who steps looks at it. */
    private volatile boolean broken;

    TransactionRun(Host host, GlobalTxId id, List<Branch> branches, TwoPhaseCommit machine) {
        this.host = host;
        this.id = id;
        this.branches = List.copyOf(branches);
        this.machine = machine;
    }

    /** Starts with {@code first}; {@link #await} gives the answer. */
    void start(TwoPhaseInput first) {
        post(first);
    }

    /** The deadline has passed; undecided work is rolled back. */
    void expire(String cause) {
        post(new TwoPhaseInput.Expired(cause));
    }

    /** Waits for the answer, but not longer than {@code patience} and a moment: then for the truth as it is known. */
    Outcome await(Duration patience) {
        try {
            return answerAfterListeners.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException enough) {
            return lastWord();
        } catch (InterruptedException e) {
            post(new TwoPhaseInput.WaitedEnough());
            Thread.currentThread().interrupt();
            return answer.getNow(new Outcome.Unknown("interrupted while ending; ask for the outcome later"));
        } catch (ExecutionException bug) {
            throw new IllegalStateException("an answer does not fail", bug);
        }
    }

    /** As {@link #await}, without a thread. */
    CompletionStage<Outcome> within(Duration patience) {
        if (answerAfterListeners.isDone()) {
            return answerAfterListeners;
        }
        CompletableFuture<Outcome> told = new CompletableFuture<>();
        Runnable calledOff = host.workers().later(patience.toMillis(), () -> {
            post(new TwoPhaseInput.WaitedEnough());
            CompletableFuture<Void> unused = answer.thenAccept(told::complete);
        });
        CompletableFuture<Void> unused = answerAfterListeners.thenAccept(outcome -> {
            calledOff.run();
            told.complete(outcome);
        });
        return told;
    }

    private Outcome lastWord() {
        post(new TwoPhaseInput.WaitedEnough());
        try {
            return answer.get(LAST_WORD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException none) {
            LOG.warn("transaction {} gave its caller no answer in time", id, none);
        }
        return new Outcome.Unknown("no answer in time; ask for the outcome later");
    }

    private void post(TwoPhaseInput input) {
        inbox.add(input);
        if (waiting.getAndIncrement() == 0) {
            stepAll();
        }
    }

    private void stepAll() {
        do {
            step(inbox.remove()); // there is one: it was added before it was counted
        } while (waiting.decrementAndGet() > 0);
    }

    /** A bug in a step leaves the branches as they are, for recovery; the caller must not wait for it. */
    private void step(TwoPhaseInput input) {
        if (broken) {
            return;
        }
        try {
            List<TwoPhaseCommand> commands = machine.step(input);
            Round round = new Round();
            commands.forEach(command -> command.accept(round));
            round.tell();
        } catch (RuntimeException | Error bug) {
            broken = true;
            LOG.error("transaction {} was left to recovery, because it could not take {}", id, input, bug);
            Outcome unknown = new Outcome.Unknown("internal error: " + bug);
            answer.complete(unknown);
            answerAfterListeners.complete(unknown);
            host.finished(id); // from here on it is recovery's, as if this process had died
        }
    }

    /** The commands of one step. */
    private final class Round implements TwoPhaseCommand.Handler {
        private CompletionStage<Void> heard = CompletableFuture.completedStage(null);
        private @Nullable Outcome told;

        /** The caller hears it after the listeners, which have threads of their own. */
        void tell() {
            Outcome outcome = told;
            if (outcome != null) {
                CompletionStage<Void> unused =
                        heard.whenComplete((all, failed) -> answerAfterListeners.complete(outcome));
            }
        }

        @Override
        public void prepare(TwoPhaseCommand.Prepare command) {
            Branch branch = branches.get(command.branch());
            CompletionStage<Vote> unused = vote(branch).whenComplete((vote, failed) -> {
                Vote cast = vote != null ? vote : new Vote.Unconfirmed("prepare failed: " + failed);
                post(new TwoPhaseInput.Voted(command.branch(), cast));
            });
        }

        @Override
        public void cutShort(TwoPhaseCommand.CutShort command) {
            Branch branch = branches.get(command.branch());
            branch.participant().cutShort(branch.xid());
        }

        @Override
        public void commitOnePhase(TwoPhaseCommand.CommitOnePhase command) {
            Branch branch = branches.get(command.branch());
            end(command.branch(), () -> branch.participant().commitOnePhase(branch.xid()));
        }

        @Override
        public void commit(TwoPhaseCommand.Commit command) {
            Branch branch = branches.get(command.branch());
            end(command.branch(), () -> participant(branch, command.route()).commit(branch.xid()));
        }

        @Override
        public void rollback(TwoPhaseCommand.Rollback command) {
            Branch branch = branches.get(command.branch());
            end(command.branch(), () -> participant(branch, command.route()).rollback(branch.xid()));
        }

        private void end(int branch, Supplier<CompletionStage<Completion>> call) {
            CompletionStage<Completion> unused = completion(call).whenComplete((completion, failed) -> {
                Completion known = completion != null ? completion : new Completion.Retry("failed: " + failed);
                post(new TwoPhaseInput.Ended(branch, known));
            });
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
        public void checkAbsence(TwoPhaseCommand.CheckAbsence command) {
            checkSoon(command);
        }

        @Override
        public void keepHeuristic(TwoPhaseCommand.KeepHeuristic command) {
            keepSoon(command);
        }

        @Override
        public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {
            host.release(id);
        }

        @Override
        public void answer(TwoPhaseCommand.Answer command) {
            told = command.outcome();
            answer.complete(command.outcome());
        }

        @Override
        public void learned(TwoPhaseCommand.Learned command) {
            heard = host.learned(id, command.outcome());
        }

        @Override
        public void finish(TwoPhaseCommand.Finish command) {
            host.finished(id);
        }
    }

    private void checkSoon(TwoPhaseCommand.CheckAbsence command) {
        if (!host.workers().ledger().execute(() -> check(command))) {
            host.workers().later(LEDGER_PAUSE_MILLIS, () -> checkSoon(command));
        }
    }

    private void check(TwoPhaseCommand.CheckAbsence command) {
        try {
            post(new TwoPhaseInput.AbsenceChecked(command.branch(), host.mayBeEndedByRecovery(id)));
        } catch (IOException e) {
            LOG.debug("why {} lacks a branch is looked into later", id, e);
            host.workers().later(LEDGER_PAUSE_MILLIS, () -> checkSoon(command));
        }
    }

    private void keepSoon(TwoPhaseCommand.KeepHeuristic command) {
        if (!host.workers().ledger().execute(() -> keep(command))) {
            host.workers().later(LEDGER_PAUSE_MILLIS, () -> keepSoon(command));
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
            host.workers().later(LEDGER_PAUSE_MILLIS, () -> keepSoon(command));
        }
    }

    private Participant participant(Branch branch, Route route) {
        return switch (route) {
            case WORKER -> branch.participant();
            case ANY -> host.recovererFor(branch);
        };
    }

    /** Participants promise not to throw; if one does, the effect is unknown, and the protocol has a word for that. */
    private static CompletionStage<Vote> vote(Branch branch) {
        try {
            return branch.participant().prepare(branch.xid());
        } catch (RuntimeException e) {
            LOG.warn("prepare of {} threw", branch.xid(), e);
            return CompletableFuture.failedStage(e);
        }
    }

    private static CompletionStage<Completion> completion(Supplier<CompletionStage<Completion>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            LOG.warn("a participant threw", e);
            return CompletableFuture.failedStage(e);
        }
    }
}
