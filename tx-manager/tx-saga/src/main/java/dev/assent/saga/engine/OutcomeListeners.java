package dev.assent.saga.engine;

import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.Timers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Who waits to hear how a saga ended. Those of sagas that others execute are looked up. On the timers' thread only. */
final class OutcomeListeners {
    /** Between two looks at a saga that another process executes. */
    static final long ASK_MILLIS = 250;

    private final SagaLog log;
    private final Timers timers;
    private final Map<SagaId, List<CompletableFuture<SagaOutcome>>> waiting = new TreeMap<>();
    private final Set<SagaId> asked = new HashSet<>();
    private boolean stopped;

    OutcomeListeners(SagaLog log, Timers timers) {
        this.log = log;
        this.timers = timers;
    }

    void add(SagaId saga, CompletableFuture<SagaOutcome> listener, boolean isExecutedHere) {
        if (stopped) {
            listener.completeExceptionally(closing(saga));
            return;
        }
        waiting.computeIfAbsent(saga, first -> new ArrayList<>()).add(listener);
        if (!isExecutedHere) {
            lost(saga);
        }
    }

    void ended(SagaId saga, SagaOutcome outcome) {
        listenersOf(saga).forEach(listener -> listener.complete(outcome));
    }

    private List<CompletableFuture<SagaOutcome>> listenersOf(SagaId saga) {
        return Optional.ofNullable(waiting.remove(saga)).orElse(List.of());
    }

    /** From now on the store is asked. */
    void lost(SagaId saga) {
        if (waiting.containsKey(saga) && asked.add(saga)) {
            ask(saga);
        }
    }

    private void ask(SagaId saga) {
        CompletionStage<Void> unused = log.read(saga).handle((record, failed) -> {
            timers.run(() -> {
                if (failed == null) {
                    heard(saga, record);
                } else {
                    askAgain(saga);
                }
            });
            return null;
        });
    }

    private void heard(SagaId saga, Optional<SagaRecord> record) {
        if (record.isEmpty()) {
            asked.remove(saga);
            listenersOf(saga)
                    .forEach(listener -> listener.completeExceptionally(new IOException("there is no saga " + saga
                            + ": it was never started, or it ended before the retention began, or its start is under"
                            + " way still")));
            return;
        }
        Optional<SagaOutcome> outcome = record.get().progress().outcome();
        if (outcome.isPresent()) {
            asked.remove(saga);
            ended(saga, outcome.get());
        } else {
            askAgain(saga);
        }
    }

    private void askAgain(SagaId saga) {
        if (waiting.containsKey(saga) && !stopped) {
            timers.after(ASK_MILLIS, () -> ask(saga));
        } else {
            asked.remove(saga);
        }
    }

    void stop() {
        stopped = true;
        Set.copyOf(waiting.keySet())
                .forEach(saga -> listenersOf(saga).forEach(listener -> listener.completeExceptionally(closing(saga))));
    }

    private static IOException closing(SagaId saga) {
        return new IOException("this process is closing; ask another one for the outcome of saga " + saga);
    }
}
