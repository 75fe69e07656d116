package dev.assent.tx.coordinator;

import dev.assent.time.Clock;
import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The transactions that this coordinator has begun and not finished. Thread-safe. */
final class ActiveTransactions implements TransactionRun.Host {
    /** What is unique in their ids, which may still be given the name of a resource that decides them. */
    private final Map<GlobalTxId.Unique, CoordinatedTransaction> active = new ConcurrentHashMap<>();

    private final int activeMax;
    private final Workers workers;
    private final OutcomeMemory remembered;
    private final TransactionMetrics metrics;

    ActiveTransactions(int activeMax, Workers workers, OutcomeMemory remembered, TransactionMetrics metrics) {
        this.activeMax = activeMax;
        this.workers = workers;
        this.remembered = remembered;
        this.metrics = metrics;
    }

    /** Refuses when as many are under way as the limit allows. */
    void requirePlace() {
        if (active.size() >= activeMax) {
            throw new TransactionServiceException(
                    active.size() + " transactions are under way, as many as the limit allows; try again later, or"
                            + " raise the limit",
                    true);
        }
    }

    void add(CoordinatedTransaction transaction) {
        active.put(transaction.globalId().unique(), transaction);
    }

    /** One that was added is its caller's from now on. */
    void begun() {
        metrics.transactionBegun();
    }

    boolean contains(GlobalTxId transaction) {
        return active.containsKey(transaction.unique());
    }

    /** An outcome is told to somebody who may end branches by it. */
    void toldToOthers(GlobalTxId transaction) {
        CoordinatedTransaction ending = active.get(transaction.unique());
        if (ending != null) {
            ending.toldToOthers();
        }
    }

    boolean isToldToOthers(GlobalTxId transaction) {
        CoordinatedTransaction here = active.get(transaction.unique());
        return here != null && here.isToldToOthers();
    }

    /** Whether any of them is under way under that epoch. */
    boolean isBusy(EpochRef epoch) {
        return active.values().stream().anyMatch(transaction -> EpochRef.heldFor(transaction.globalId())
                .equals(epoch));
    }

    int size() {
        return active.size();
    }

    boolean isEmpty() {
        return active.isEmpty();
    }

    /** To be called from time to time: those that are past their deadline end. */
    void expireDue(long nowEpochMillis) {
        active.values().forEach(transaction -> transaction.expireIfDue(nowEpochMillis));
    }

    /** All of them together are given so long: what then remains is recovery's, and its shards must not wait for it. */
    void rollBackAll(String cause, Duration patience) {
        long endNanos = Clock.SYSTEM.nanos() + patience.toNanos();
        for (CoordinatedTransaction transaction : active.values()) {
            Duration left = Duration.ofNanos(Math.max(0, endNanos - Clock.SYSTEM.nanos()));
            Outcome unused = transaction.rollback(cause, left);
        }
    }

    @Override
    public Workers workers() {
        return workers;
    }

    @Override
    public CompletionStage<Void> learned(GlobalTxId transaction, Outcome outcome) {
        remembered.put(transaction, outcome);
        metrics.answered(outcome);
        CoordinatedTransaction known = active.get(transaction.unique());
        return known == null ? CompletableFuture.completedStage(null) : known.learned(outcome);
    }

    @Override
    public void finished(GlobalTxId transaction) {
        active.remove(transaction.unique());
    }
}
