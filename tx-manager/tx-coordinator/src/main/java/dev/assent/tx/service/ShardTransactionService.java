package dev.assent.tx.service;

import dev.assent.event.EventSource;
import dev.assent.time.Clock;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.coordinator.ShardCandidate;
import dev.assent.tx.coordinator.TransactionEngine;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * The transaction service of a coordinator node: it stands for the cluster's shards, and coordinates the transactions
 * of those that it leads. Thread-safe.
 */
public final class ShardTransactionService implements AutoCloseable {
    private final TransactionEngine engine;
    private final List<Runnable> listeners;

    private ShardTransactionService(TransactionEngine engine, List<Runnable> listeners) {
        this.engine = engine;
        this.listeners = listeners;
    }

    /**
     * Connects to the store, stands for the cluster's shards and begins recovery.
     *
     * @throws IllegalArgumentException the cluster has another number of shards than is wanted
     * @throws TransactionServiceException the store cannot be reached in the configured time; the message names it
     */
    public static ShardTransactionService start(TxConfig config, ShardCandidate candidate) {
        return start(config, candidate, Acceptors.none());
    }

    /** The same with a way to acceptors, so that it coordinates three-phase transactions too. */
    public static ShardTransactionService start(TxConfig config, ShardCandidate candidate, Acceptors acceptors) {
        List<Runnable> listeners = new CopyOnWriteArrayList<>();
        TransactionEngine engine = Engines.start(
                config,
                Clock.SYSTEM,
                TransactionEngine.EpochSource.shards(candidate, () -> listeners.forEach(Runnable::run)),
                acceptors);
        return new ShardTransactionService(engine, listeners);
    }

    /** Begins under one of the led shards, by turns; refuses while there is none. */
    public StagedTransaction begin(Duration timeout) {
        return engine.begin(timeout);
    }

    /**
     * Begins one whose name a service made under an epoch of this node. The caller sees to it that no name is used twice.
     *
     * @throws TransactionServiceException that epoch is not held any more, or the deadline is further away than a
     *     time-out may be long
     */
    public StagedTransaction begin(GlobalTxId name) {
        return engine.begin(name);
    }

    /**
     * How any transaction of the cluster ended, by its token; who asks may end branches by it. Asks the store.
     *
     * @param notReadOnly whether who asks knows that it was not committed with nothing but read-only branches
     */
    public Outcome outcome(String token, boolean notReadOnly) {
        return engine.outcomeToObey(token, notReadOnly);
    }

    /** What the acceptors of a three-phase transaction chose, whatever branches did by themselves. Asks the store and them. */
    public Outcome accepted(GlobalTxId transaction) {
        return engine.accepted(transaction);
    }

    /** Records a COMMIT that acceptors chose, as somebody learned it from them; fails when that is not durable yet. */
    public CompletionStage<Void> learned(GlobalTxId transaction) {
        return engine.learned(transaction);
    }

    /** What happens to the transactions that this node coordinates, and to its shards. */
    public EventSource events() {
        return engine.events();
    }

    public ClusterId cluster() {
        return engine.cluster();
    }

    /** Transactions under way here. */
    public int underWay() {
        return engine.underWay();
    }

    /** Names of the resources that agents have registered here, in order. */
    public List<String> resources() {
        return engine.resources();
    }

    /** The nodes and the shards of the cluster. Asks the store. */
    public ShardBoard board() throws IOException {
        return engine.board();
    }

    /** What the store holds of a transaction's decision. Asks the store. */
    public RecordRead record(GlobalTxId transaction) throws IOException {
        return engine.record(transaction);
    }

    /** The epochs of the shards led at the moment. */
    public List<EpochRef> led() {
        return engine.epochs();
    }

    /** Whether transactions are begun under that epoch. */
    public boolean isOpen(EpochRef epoch) {
        return engine.isOpen(epoch);
    }

    /** Begins nothing any more; what nothing is under way in is handed over soon. */
    public void leave() {
        engine.leave();
    }

    /**
     * Begins nothing any more, and hands each shard over to other nodes once its transactions have ended.
     *
     * @return whether all were handed over within {@code patience}
     */
    public boolean drain(Duration patience) throws InterruptedException {
        return engine.drain(patience);
    }

    /**
     * Why no decision could be written now; empty if one could, of which a majority of the store has convinced this node
     * lately. The stage never fails, and completes within {@code patience}.
     */
    public CompletionStage<Optional<String>> whyNoDecision(Duration patience) {
        return engine.whyNoDecision(patience);
    }

    /** A shard that is closing is not handed over while {@code unheard} says so of its epoch. */
    public void holdOpenWhile(Predicate<EpochRef> unheard) {
        engine.holdOpenWhile(unheard);
    }

    /** Calls {@code listener} after each change of {@link #led}. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Makes a resource known for recovery, without waiting; the same one again changes nothing. */
    public void register(ResourceManager resource) {
        engine.registerSoon(resource);
    }

    /** Claims a name for a resource, the same for all processes of the cluster. Waits for the store. */
    public ResourceCatalog.Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException {
        return engine.claim(name, identity);
    }

    @Override
    public void close() {
        engine.close();
    }
}
