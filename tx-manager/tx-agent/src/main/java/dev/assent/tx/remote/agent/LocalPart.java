package dev.assent.tx.remote.agent;

import dev.assent.tx.end.OutcomeOnce;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process's part in one transaction: its branches, the calls that work in it, and who wants to hear its end. */
final class LocalPart {
    private static final Logger LOG = LoggerFactory.getLogger(LocalPart.class);

    private final GlobalTxId id;
    private final Executor threads;
    private final Map<BranchId, BranchRun> branches = new LinkedHashMap<>();
    /** Of those, the ones that the coordinator has confirmed. */
    private final Set<BranchId> confirmed = new HashSet<>();

    private final OutcomeOnce end;
    private final List<Runnable> dropListeners = new ArrayList<>();
    private int callsUnderWay;
    private int branchNumbers;
    private @Nullable String doom;
    private boolean inDoubt;
    private boolean begunHere;
    private boolean exposed;
    private boolean endedPrivately;
    private boolean ownTold;
    private boolean commitAsked;
    private int commits;
    private volatile long lastAsked;
    private volatile String trace = "";
    /** When it was first found to be over here; nothing if it was not. */
    private long overSinceMillis = Long.MAX_VALUE;

    /** A part whose listeners are called on {@code threads}: they may block. */
    LocalPart(GlobalTxId id, Executor threads) {
        this.id = id;
        this.threads = threads;
        this.end = new OutcomeOnce(id, threads);
    }

    GlobalTxId id() {
        return id;
    }

    /** The traceparent that its coordination belongs below; empty if nobody makes spans here. */
    String trace() {
        return trace;
    }

    void belongsBelow(String traceparent) {
        trace = traceparent;
    }

    synchronized int nextBranchNumber() {
        return branchNumbers++;
    }

    /** Adds a branch unless the transaction has ended here; tells whether it did. */
    synchronized boolean add(BranchRun branch) {
        if (hasEnded() || doom != null || commitAsked) {
            return false;
        }
        branches.put(branch.id(), branch);
        return true;
    }

    synchronized void remove(BranchRun branch) {
        branches.remove(branch.id());
        confirmed.remove(branch.id());
    }

    /** The coordinator has taken that branch in: the transaction does not commit without its vote. */
    synchronized void confirmed(BranchRun branch) {
        confirmed.add(branch.id());
    }

    private synchronized List<BranchRun> confirmedBranches() {
        return branches.values().stream()
                .filter(branch -> ownTold || confirmed.contains(branch.id()))
                .toList();
    }

    synchronized Optional<BranchRun> find(BranchId branch) {
        return Optional.ofNullable(branches.get(branch));
    }

    synchronized List<BranchRun> branches() {
        return new ArrayList<>(branches.values());
    }

    synchronized void enter() {
        callsUnderWay++;
    }

    synchronized void leave() {
        callsUnderWay--;
    }

    synchronized void doom(String cause) {
        if (doom == null) {
            doom = cause;
        }
    }

    synchronized boolean isDoomed() {
        return doom != null;
    }

    /** Nobody but this process can ask for the commit. */
    synchronized void begunHere() {
        begunHere = true;
    }

    /** Notes that the commit is asked for; false if it must not be any more. */
    synchronized boolean askCommit() {
        if (doom != null) {
            return false;
        }
        commitAsked = true;
        commits++;
        return true;
    }

    synchronized boolean isBegunHere() {
        return begunHere;
    }

    /**
     * Ends it without any node, as only this process has its token and no node has heard of it; false if that is not so.
     * From then on it does not become known.
     */
    synchronized boolean endPrivately() {
        endedPrivately |= begunHere && !exposed;
        return endedPrivately;
    }

    /**
     * Its token leaves this process, or a node hears of it: others may take part from now on, and ask for the outcome, and
     * that node has to hear of its end. False if it has ended already, without any node.
     */
    synchronized boolean expose() {
        exposed |= !endedPrivately;
        return exposed;
    }

    /**
     * The branches that the coordinator hears of with the request for the end, and with each repetition of it: an
     * earlier one may not have come there, and a commit without them must not be possible.
     */
    synchronized List<BranchRun> ownBranches() {
        ownTold = true;
        return branches.values().stream()
                .filter(branch -> !confirmed.contains(branch.id()))
                .toList();
    }

    /**
     * The commit was to be asked for, and was not, or in vain: from now on the transaction can only roll back. False, and
     * nothing is withdrawn, if it was asked for more than once: another request may be under way.
     */
    synchronized boolean withdrawCommit(String cause) {
        if (commits > 1) {
            return false;
        }
        commitAsked = false;
        doom(cause);
        return true;
    }

    /** How it ended that nobody can commit; not all of it rolled back if a branch ended by itself. */
    Outcome givenUp(String cause) {
        for (BranchRun branch : branches()) {
            if (branch.end() instanceof Completion.Heuristic alone && alone.outcome() != HeuristicOutcome.ROLLED_BACK) {
                String told = "a branch decided by itself, " + alone.outcome() + ": " + alone.cause();
                return alone.outcome() == HeuristicOutcome.HAZARD
                        ? new Outcome.HeuristicHazard(told)
                        : new Outcome.HeuristicMixed(told);
            }
        }
        return new Outcome.RolledBack(cause);
    }

    /** It was begun here, and its commit was not asked for and never will be: nobody can commit it. */
    synchronized boolean isGivenUp() {
        return begunHere && !commitAsked && doom != null;
    }

    /**
     * Whether it is known here that the transaction was not, and never will be, committed with nothing but read-only
     * branches: the only commit that leaves no trace. A branch that the coordinator has not confirmed says nothing, as
     * the commit may have been decided without it.
     */
    boolean isNotReadOnly() {
        boolean doomed;
        boolean neverAsked;
        synchronized (this) {
            doomed = doom != null; // before the votes are looked at: later ones are for rollback
            neverAsked = begunHere && !commitAsked;
        }
        return (doomed && neverAsked) || confirmedBranches().stream().anyMatch(branch -> branch.isNotReadOnly(doomed));
    }

    /** A branch here that the coordinator cannot commit without was dropped before it voted: nobody commits any more. */
    boolean isRefused() {
        return confirmedBranches().stream().anyMatch(BranchRun::isRefused);
    }

    /** It was begun here, and is yet to be ended here: what is known of it is needed until it may be forgotten. */
    synchronized boolean isOpenForItsOriginator(long nowEpochMillis) {
        return begunHere && !hasEnded() && !id.isPastDeadline(nowEpochMillis);
    }

    /** How it ended, if that was heard here. */
    Optional<Outcome> heard() {
        return end.outcome();
    }

    private boolean hasEnded() {
        return end.outcome().isPresent();
    }

    /** Why a branch must not vote yes now; empty when nothing speaks against it. */
    synchronized Optional<String> objection() {
        if (doom != null) {
            return Optional.of(doom);
        }
        return callsUnderWay > 0
                ? Optional.of("a call of the transaction is still running in this service")
                : Optional.empty();
    }

    /** Its coordinator could not tell how the transaction ended: somebody else must be asked. */
    synchronized void inDoubt(String cause) {
        inDoubt = true;
        doom(cause);
    }

    synchronized boolean isInDoubt() {
        return inDoubt && !hasEnded();
    }

    /** Somebody waits to hear how the transaction ends. */
    boolean hasListeners() {
        return end.hasListeners();
    }

    /** It is certain that it rolled back, and some branch has not obeyed yet. */
    Optional<Outcome> openRollback() {
        return heard().filter(outcome -> outcome instanceof Outcome.RolledBack && !isDone());
    }

    /** It is certain that it committed, and some branch has not obeyed yet. */
    boolean isOpenCommit() {
        return heard().filter(Outcome.Committed.class::isInstance).isPresent() && !isDone();
    }

    /** Nothing is left that could hold the transaction open here. */
    synchronized boolean isDone() {
        return branches.values().stream().allMatch(BranchRun::hasEnded);
    }

    /** Some work here can still be dropped, or somebody has not heard yet that it was. */
    synchronized boolean isHeldOpen() {
        return !dropListeners.isEmpty() || branches.values().stream().anyMatch(BranchRun::isWorking);
    }

    /** Rolls back what was never asked to prepare, and then says so; the stage completes when the resources have. */
    CompletionStage<Void> dropWork() {
        return dropBranches().thenRun(this::workDropped);
    }

    CompletionStage<Void> dropBranches() {
        return all(BranchRun::dropUnlessPrepared);
    }

    /** Tells every branch, and completes when all have answered, whatever it is. */
    CompletionStage<Void> all(Function<BranchRun, CompletionStage<?>> told) {
        return CompletableFuture.allOf(branches().stream()
                .map(branch -> told.apply(branch).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    private void workDropped() {
        List<Runnable> waiting;
        synchronized (this) {
            waiting = new ArrayList<>(dropListeners);
            dropListeners.clear();
        }
        waiting.forEach(this::tellSoon);
    }

    synchronized void onWorkDropped(Runnable listener) {
        if (!hasEnded()) {
            dropListeners.add(listener);
        }
    }

    /** For how long it has been known here that it is over. */
    synchronized long overForMillis(long nowEpochMillis) {
        overSinceMillis = Math.min(overSinceMillis, nowEpochMillis);
        return nowEpochMillis - overSinceMillis;
    }

    /** When this was last asked about, as a number that rises with each question; 0 for never. */
    long lastAsked() {
        return lastAsked;
    }

    void asked(long turn) {
        lastAsked = turn;
    }

    void onCompletion(Consumer<Outcome> listener) {
        end.onEnd(listener);
    }

    /** The transaction ended so; only the first call counts. */
    void ended(Outcome how) {
        CompletionStage<Void> unused = end.end(how);
        synchronized (this) {
            dropListeners.clear();
        }
    }

    private void tellSoon(Runnable listener) {
        try {
            threads.execute(() -> tell(listener));
        } catch (RejectedExecutionException closed) {
            LOG.warn("a listener of {} was not told that its work was dropped", id, closed);
        }
    }

    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException failed) {
            LOG.warn("a listener of {} failed when its work was dropped", id, failed);
        }
    }
}
