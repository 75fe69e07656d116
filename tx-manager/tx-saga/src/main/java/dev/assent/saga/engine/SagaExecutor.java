package dev.assent.saga.engine;

import dev.assent.invariants.Invariants;
import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.protocol.SagaProtocol;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.StepCalls;
import dev.assent.saga.spi.Timers;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sagas that one process executes. Its methods may be called from anywhere; all that it keeps belongs to the timers'
 * thread.
 */
public final class SagaExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(SagaExecutor.class);

    private final ProcessId self;
    private final SagaLog log;
    private final StepCalls calls;
    private final Timers timers;
    private final ExecutorSettings settings;
    private final SagaRun.Surroundings around;
    private final Map<SagaId, SagaRun> runs = new TreeMap<>();
    /** Being started or claimed, so that nobody here claims them. */
    private final Set<SagaId> coming = new HashSet<>();

    /** Left alone, so that they are not taken over from ourselves again and again. */
    private final Set<SagaId> broken = new HashSet<>();

    private final OutcomeListeners listeners;
    private final Takeover takeover;
    private final Retention retention;
    private boolean closed;

    public SagaExecutor(ProcessId self, SagaLog log, StepCalls calls, Timers timers, ExecutorSettings settings) {
        this.self = self;
        this.log = log;
        this.calls = calls;
        this.timers = timers;
        this.settings = settings;
        around = new SagaRun.Surroundings(log, calls, timers, settings.storePauses());
        listeners = new OutcomeListeners(log, timers);
        takeover = new Takeover(self, log, timers, settings, new Sagas());
        retention = new Retention(self, log, timers, settings);
    }

    /** Begins to look for sagas of the dead, and for those that ended long ago. */
    public void open() {
        timers.run(takeover::begin);
        timers.run(retention::begin);
    }

    /** Steps nothing more; the sagas go on elsewhere, or after the next start. Ends when whoever waits has been told. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        timers.run(() -> {
            closed = true;
            takeover.stop();
            retention.stop();
            listeners.stop();
            runs.values().forEach(SagaRun::stop);
            runs.clear();
            done.complete(null);
        });
        return done;
    }

    /**
     * Starts a saga. The answer comes when its first entry is in the log: it will then be completed or compensated,
     * whatever becomes of this process.
     *
     * @return whether it was started; false if there is one of that id already
     */
    public CompletionStage<Boolean> start(SagaPlan plan, SagaId id, String input) {
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        timers.run(() -> {
            if (closed || runs.size() + coming.size() >= settings.runsMax()) {
                started.completeExceptionally(new IOException(
                        closed
                                ? "saga " + id + " is not started: this process is closing"
                                : "saga " + id + " is not started: " + settings.runsMax()
                                        + " are under way in this process; start it later or elsewhere"));
            } else if (runs.containsKey(id) || !coming.add(id)) {
                started.complete(false);
            } else {
                long now = timers.epochMillis();
                start(
                        plan,
                        new SagaHeader(
                                id, plan.name(), plan.version(), input, now, now + plan.timeoutMillis(), plan.shape()),
                        settings.storePauses().firstMillis(),
                        started);
            }
        });
        return started;
    }

    private void start(SagaPlan plan, SagaHeader header, long nextPauseMillis, CompletableFuture<Boolean> started) {
        SagaEntry first = new SagaEntry(0, 0, header.createdMillis(), List.of(new SagaEvent.StageStarted(0)));
        CompletionStage<Void> unused = log.start(self, header, first).handle((claim, failed) -> {
            timers.run(() -> {
                if (failed == null) {
                    started(plan, header, first, claim, started);
                } else if (closed || timers.epochMillis() > header.deadlineMillis()) {
                    coming.remove(header.id());
                    started.completeExceptionally(new IOException(
                            "whether saga " + header.id() + " was started is not known; ask for its outcome", failed));
                } else {
                    timers.after(
                            nextPauseMillis,
                            () -> start(plan, header, settings.storePauses().after(nextPauseMillis), started));
                }
            });
            return null;
        });
    }

    private void started(
            SagaPlan plan,
            SagaHeader header,
            SagaEntry first,
            Optional<Claim> claim,
            CompletableFuture<Boolean> started) {
        coming.remove(header.id());
        started.complete(claim.isPresent());
        claim.ifPresent(held -> run(plan, new SagaRecord(header, held, List.of(first))));
    }

    /** Hears the saga's end once, on the timers' thread, whoever brings it about; asks the store if need be. */
    public CompletionStage<SagaOutcome> outcome(SagaId saga) {
        CompletableFuture<SagaOutcome> outcome = new CompletableFuture<>();
        timers.run(() -> listeners.add(saga, outcome, runs.containsKey(saga)));
        return outcome;
    }

    private void run(SagaPlan plan, SagaRecord record) {
        if (closed) {
            return;
        }
        SagaId id = record.header().id();
        try {
            SagaRun run = new SagaRun(
                    around, record.header(), record.claim(), new SagaProtocol(plan, record.entries()), new RunEnds());
            runs.put(id, run);
            run.begin();
        } catch (Invariants.Violation reason) {
            leave(id, reason);
        }
    }

    private void leave(SagaId saga, RuntimeException reason) {
        broken.add(saga);
        LOG.error(
                "saga {} is left alone: its step log breaks a rule, or we do. Look at it, and settle it by hand",
                saga,
                reason);
    }

    private final class RunEnds implements SagaRun.Ends {
        @Override
        public void ended(SagaRun run, SagaOutcome outcome) {
            runs.remove(run.claim().saga(), run);
            listeners.ended(run.claim().saga(), outcome);
        }

        @Override
        public void lost(SagaRun run) {
            LOG.info("saga {} is executed by another process now", run.claim().saga());
            runs.remove(run.claim().saga(), run);
            listeners.lost(run.claim().saga());
        }

        @Override
        public void broken(SagaRun run, RuntimeException reason) {
            runs.remove(run.claim().saga(), run);
            leave(run.claim().saga(), reason);
        }
    }

    /** What a take-over may do here. */
    private final class Sagas implements Takeover.Host {
        @Override
        public boolean hasRoomFor(SagaId saga) {
            return !closed
                    && runs.size() + coming.size() < settings.runsMax()
                    && !runs.containsKey(saga)
                    && !broken.contains(saga)
                    && coming.add(saga);
        }

        @Override
        public void release(SagaId saga) {
            coming.remove(saga);
        }

        @Override
        public Optional<SagaPlan> plan(SagaHeader header) {
            return calls.plan(header.name(), header.version()).filter(header::isOf);
        }

        @Override
        public void resume(SagaPlan plan, SagaRecord record) {
            SagaExecutor.this.run(plan, record);
        }
    }
}
