package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after transactions whose end nobody told this process: their coordinator died or does not know, or a message
 * was lost. Thread-safe.
 *
 * <p>A branch that has not obeyed what is certain is told again by each sweep, long before the deadline if need be.
 * A branch that was never asked to prepare is dropped once its transaction cannot commit any more (its epoch is
 * over, or its deadline); no question to a coordinator, and no other transaction's resource, holds that up. A prepared
 * one waits: the sweeper asks for the decision, and does only what it says. Who listens for the end hears "unknown"
 * only when the store is not bound to remember any more.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    /** Twice what the store remembers: it may have been away for a while, and keeps its records meanwhile. */
    static final long ASKED_PAST_DEADLINE_MILLIS = 2 * DecisionRecord.RETENTION_MILLIS;

    /** No question is begun later than this in a sweep; the next one begins with who waited longest. */
    static final long ASKING_MILLIS_MAX = 5_000;

    /**
     * How long a vote that is under way may still take once the transaction is over, but not beyond the deadline. To cut
     * it short costs its connection, and leaves the branch in doubt.
     */
    static final long VOTE_MILLIS = 1_000;

    private static final CompletionStage<?> NOTHING_TO_TELL = CompletableFuture.completedStage(null);

    private final LocalParts parts;
    private final NodeDirectory directory;
    private final Function<LocalPart, Outcome> ask;
    private final Clock clock;
    private final Executor threads;
    private final Set<GlobalTxId> beingEnded = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean asking = new AtomicBoolean();
    private long questions;

    /**
     * A sweeper of {@code parts}.
     *
     * @param ask asks some coordinator once how a transaction ended; of one that nobody can commit, tells it so
     * @param threads runs the questions, which block; may refuse
     */
    Sweeper(
            LocalParts parts,
            NodeDirectory directory,
            Function<LocalPart, Outcome> ask,
            Clock clock,
            Executor threads) {
        this.parts = parts;
        this.directory = directory;
        this.ask = ask;
        this.clock = clock;
        this.threads = threads;
    }

    /** Begins a sweep. Never blocks: resources, and the questions, have threads of their own. */
    void sweep() {
        freeLocks();
        finishRollbacks();
        askUnlessUnderWay();
    }

    private void freeLocks() {
        long now = clock.epochMillis();
        for (LocalPart part : over()) {
            part.doom("the transaction is past its deadline, or its coordinator was replaced");
            boolean isVoteLate =
                    part.overForMillis(now) >= VOTE_MILLIS || part.id().isPastDeadline(now);
            if (part.isHeldOpen()) {
                if (isVoteLate) {
                    part.branches().forEach(BranchRun::cutShort); // a vote under way would come too late
                }
                oneAtATime(part, part::dropWork);
            }
        }
    }

    private List<LocalPart> over() {
        long now = clock.epochMillis();
        return parts.all().stream().filter(part -> isOver(part, now)).toList();
    }

    private boolean isOver(LocalPart part, long now) {
        return part.isInDoubt() || directory.isFenced(part.id()) || part.id().isPastDeadline(now);
    }

    /** That they rolled back is certain: what has not obeyed is told again, and nobody is asked, nor waited for. */
    private void finishRollbacks() {
        for (LocalPart part : parts.all()) {
            part.openRollback().ifPresent(known -> oneAtATime(part, () -> obey(part, known)));
        }
    }

    /** Whoever ends a branch by a commit asks first, so that its record is taken up before. */
    private List<LocalPart> toBeAskedAbout() {
        long now = clock.epochMillis();
        return parts.all().stream()
                .filter(part -> part.openRollback().isEmpty() && (isOver(part, now) || part.isOpenCommit()))
                .sorted(Comparator.comparingLong(LocalPart::lastAsked))
                .toList();
    }

    /** One thing at a time is done in a part: a resource that hangs gathers nothing, whatever else is learnt. */
    private void oneAtATime(LocalPart part, Supplier<CompletionStage<Void>> step) {
        if (!beingEnded.add(part.id())) {
            return;
        }
        CompletionStage<Void> under;
        try {
            under = step.get();
        } catch (RuntimeException failed) {
            under = CompletableFuture.failedStage(failed);
        }
        CompletionStage<Void> unused = under.whenComplete((done, failed) -> {
            beingEnded.remove(part.id());
            if (failed != null) {
                LOG.warn("the end of {} is tried again by the next sweep", part.id(), failed);
            }
        });
    }

    /** One round of questions at a time: while nobody answers, more of them would only hold threads. */
    private void askUnlessUnderWay() {
        if (!asking.compareAndSet(false, true)) {
            return;
        }
        Runnable round = () -> {
            try {
                askAround();
            } finally {
                asking.set(false);
            }
        };
        try {
            threads.execute(round);
        } catch (RejectedExecutionException refused) {
            asking.set(false);
            LOG.debug("left to the next sweep, if there is one: {}", refused.getMessage());
        }
    }

    private void askAround() {
        long begunMillis = clock.epochMillis();
        toBeAskedAbout().stream()
                .takeWhile(part -> clock.epochMillis() - begunMillis < ASKING_MILLIS_MAX)
                .forEach(part -> guarded(part, () -> learn(part)));
    }

    private static void guarded(LocalPart part, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failed) {
            LOG.warn("the end of {} is tried again by the next sweep", part.id(), failed);
        }
    }

    private void learn(LocalPart part) {
        if (part.branches().isEmpty()
                && !part.isGivenUp()
                && !part.hasListeners()
                && !part.isOpenForItsOriginator(clock.epochMillis())) {
            parts.givenUp(part, new Outcome.Unknown("this process had no branch in it"));
            return;
        }
        part.asked(++questions);
        Outcome outcome = ask.apply(part);
        if (outcome.isKnown()) {
            oneAtATime(part, () -> obey(part, outcome));
        } else if (part.isDone() && part.id().isPastDeadline(clock.epochMillis() - ASKED_PAST_DEADLINE_MILLIS)) {
            parts.givenUp(part, outcome);
        }
    }

    /** A mixed outcome does not say what was decided: then the coordinator tells what is still prepared here. */
    CompletionStage<Void> obey(LocalPart part, Outcome outcome) {
        CompletionStage<Void> told = CompletableFuture.completedStage(null);
        if (outcome instanceof Outcome.Committed) {
            told = part.all(branch -> branch.isPrepared() ? branch.commit() : NOTHING_TO_TELL);
        } else if (outcome instanceof Outcome.RolledBack) {
            told = part.all(BranchRun::rollback);
        }
        return told.thenCompose(all -> parts.ended(part.id(), outcome));
    }
}
