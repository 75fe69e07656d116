package dev.assent.saga;

import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.engine.CallBulkheads;
import dev.assent.saga.engine.ControlThread;
import dev.assent.saga.engine.ExecutorSettings;
import dev.assent.saga.engine.SagaExecutor;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.store.ZnodeSagaLog;
import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.Bulkhead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sagas that this process starts and executes, its own and those of processes that have died. One for each process
 * and store. Thread-safe; nothing but {@link #open} and {@link #close} blocks.
 */
public final class Sagas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sagas.class);

    /** For the step that is under way, which waits for nothing. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private final StoreSession session;
    private final ControlThread control;
    private final SagaExecutor executor;
    private final SagaArchive archive;

    private Sagas(StoreSession session, ControlThread control, SagaExecutor executor, SagaArchive archive) {
        this.session = session;
        this.control = control;
        this.executor = executor;
        this.archive = archive;
    }

    /**
     * Connects with the store, and begins to execute.
     *
     * @param definitions all that this process is to know, older versions with sagas under way included
     * @throws IOException no server of the store answered in time
     */
    public static Sagas open(StoreConfig store, List<SagaDefinition<?>> definitions) throws IOException {
        return open(store, definitions, ExecutorSettings.DEFAULT, Bulkhead.Limits.DEFAULT);
    }

    /** The same with limits of one's own: of this process, and of each step's bulkhead. */
    public static Sagas open(
            StoreConfig store,
            List<SagaDefinition<?>> definitions,
            ExecutorSettings settings,
            Bulkhead.Limits bulkheads)
            throws IOException {
        CallBulkheads calls = new CallBulkheads(definitions, bulkheads);
        StoreSession session = StoreSession.open(store);
        try {
            ZnodeSagaLog log = ZnodeSagaLog.open(session, new SetAside());
            ControlThread control = new ControlThread(Clock.SYSTEM);
            ProcessId self = new ProcessId(UUID.randomUUID().toString());
            SagaExecutor executor = new SagaExecutor(self, log, calls, control, settings);
            executor.open();
            return new Sagas(session, control, executor, new SagaArchive(log));
        } catch (IOException failed) {
            session.close();
            throw failed;
        }
    }

    /** Starts one under an id of ours. When the answer is there it will be completed or compensated, whatever dies. */
    public <I> CompletionStage<SagaId> start(SagaDefinition<I> definition, I input) {
        SagaId id = new SagaId(UUID.randomUUID().toString());
        return start(definition, id, input).thenApply(started -> id);
    }

    /**
     * Starts one under an id of the application's, once: however often it is tried, by whomever, within the retention.
     *
     * @return whether this call started it; false if there is one of that id already
     */
    public <I> CompletionStage<Boolean> start(SagaDefinition<I> definition, SagaId id, I input) {
        String text = definition.text().write().apply(input);
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SagaHeader.INPUT_BYTES_MAX) {
            throw new IllegalArgumentException("the input of saga " + id + " has " + bytes + " bytes, more than "
                    + SagaHeader.INPUT_BYTES_MAX + ": hand over a reference to it");
        }
        return executor.start(definition.plan(), id, text);
    }

    /**
     * How a saga ends, as soon as it has ended, whoever executes it. Fails with an {@link IOException} if there is no such
     * saga, or not any more, and when this process closes.
     */
    public CompletionStage<SagaOutcome> outcome(SagaId saga) {
        return executor.outcome(saga);
    }

    /** To look at all sagas of the cluster. */
    public SagaArchive archive() {
        return archive;
    }

    /** Executes nothing more. Other processes go on with its sagas at once, as its session with the store ends. */
    @Override
    public void close() {
        try {
            executor.close().toCompletableFuture().get(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            LOG.warn(
                    "sagas are still being stepped {} after the end was asked for; they go on elsewhere",
                    CLOSE_PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        control.close();
        session.close();
    }
}
