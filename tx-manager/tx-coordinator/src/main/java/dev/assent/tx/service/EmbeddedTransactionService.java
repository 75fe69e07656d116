package dev.assent.tx.service;

import dev.assent.event.EventSource;
import dev.assent.time.Clock;
import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.coordinator.TransactionEngine;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.ResourceManager;
import java.time.Duration;

/**
 * The transaction service of one JVM: it coordinates the branches that live here, and keeps their decisions in the
 * replicated store. It needs no identity of its own: an incarnation is allotted at each start. Thread-safe.
 */
public final class EmbeddedTransactionService implements TransactionService {
    private final TransactionEngine engine;

    private EmbeddedTransactionService(TransactionEngine engine) {
        this.engine = engine;
    }

    /**
     * Connects to the store and begins recovery.
     *
     * @throws TransactionServiceException the store cannot be reached in the configured time; the message names it
     */
    public static EmbeddedTransactionService start(TxConfig config) {
        return start(config, Clock.SYSTEM);
    }

    static EmbeddedTransactionService start(TxConfig config, Clock clock) {
        return new EmbeddedTransactionService(
                Engines.start(config, clock, TransactionEngine.EpochSource.incarnations()));
    }

    @Override
    public void register(ResourceManager resource) {
        engine.register(resource);
    }

    @Override
    public void deregister(String resourceManager) {
        engine.deregister(resourceManager);
    }

    @Override
    public GlobalTransaction begin(Duration timeout) {
        return engine.begin(timeout);
    }

    @Override
    public GlobalTransaction join(String token) {
        return engine.join(token);
    }

    @Override
    public Outcome outcome(String token) {
        return engine.outcome(token);
    }

    @Override
    public ServiceStatus status(Duration patience) {
        return engine.status(patience);
    }

    @Override
    public EventSource events() {
        return engine.events();
    }

    public TransactionMetrics.Snapshot metrics() {
        return engine.metrics();
    }

    /** Outcomes that resources chose by themselves, until an operator forgets them. */
    public HeuristicLedger heuristics() {
        return engine.heuristics();
    }

    @Override
    public void close() {
        engine.close();
    }
}
