package dev.assent.saga.engine;

import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import dev.assent.saga.spi.Timers;
import dev.assent.tx.bulkhead.ThrottledLog;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes sagas that ended long ago. One of the live processes does it, so that they do not meet. On the timers' thread. */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** Sagas deleted in one request. */
    static final int BATCH_MAX = 32;

    private final ProcessId self;
    private final SagaLog log;
    private final Timers timers;
    private final ExecutorSettings settings;
    private final ThrottledLog failing = new ThrottledLog();
    private boolean stopped;

    Retention(ProcessId self, SagaLog log, Timers timers, ExecutorSettings settings) {
        this.self = self;
        this.log = log;
        this.timers = timers;
        this.settings = settings;
    }

    void begin() {
        again();
    }

    void stop() {
        stopped = true;
    }

    private void again() {
        if (!stopped) {
            timers.after(settings.collectMillis(), this::collect);
        }
    }

    private void collect() {
        if (stopped) {
            return;
        }
        long endedBefore = timers.epochMillis() - settings.retentionMillis();
        CompletionStage<Void> unused = log.alive()
                .thenCompose(alive ->
                        !alive.isEmpty() && new TreeSet<>(alive).first().equals(self)
                                ? log.endedSlots()
                                : CompletableFuture.completedStage(List.<EndedSlot>of()))
                .thenCompose(slots -> forgetAll(slots, endedBefore))
                .handle((forgotten, failed) -> {
                    timers.run(() -> {
                        if (failed != null) {
                            failing.say(more -> LOG.warn(
                                    "sagas that ended long ago could not be deleted, they wait: {}{}", failed, more));
                        }
                        again();
                    });
                    return null;
                });
    }

    private CompletionStage<Void> forgetAll(List<EndedSlot> slots, long endedBefore) {
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        for (EndedSlot slot : slots) {
            if (slot.endMillis() <= endedBefore) {
                all = all.thenCompose(done -> log.endedIn(slot)).thenCompose(sagas -> forget(slot, sagas));
            }
        }
        return all;
    }

    private CompletionStage<Void> forget(EndedSlot slot, List<SagaId> sagas) {
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        for (int from = 0; from == 0 || from < sagas.size(); from += BATCH_MAX) {
            List<SagaId> batch = sagas.subList(from, Math.min(sagas.size(), from + BATCH_MAX));
            all = all.thenCompose(done -> log.forget(slot, batch));
        }
        return all;
    }
}
