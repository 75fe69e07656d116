package dev.assent.tx.coordinator;

import dev.assent.time.Clock;
import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.spi.CoordinatorStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Whether this coordinator could decide a transaction now, for health checks. Thread-safe. */
final class Readiness {
    private final CoordinatorStore store;
    private final HeldEpochs held;
    private final DecisionProbe probe;
    private volatile boolean closed;

    Readiness(CoordinatorStore store, HeldEpochs held, Clock clock) {
        this.store = store;
        this.held = held;
        this.probe =
                new DecisionProbe(epoch -> store.epochs().whyNoCommit(epoch).toCompletableFuture(), clock);
    }

    /** What it stands on; asks the store for {@code patience} at most, and nobody when that is zero. */
    ServiceStatus.Embedded status(Duration patience) {
        List<EpochRef> now = held.all();
        return new ServiceStatus.Embedded(
                store.name(),
                store.cluster().toString(),
                now.stream().map(Readiness::described).toList(),
                patience.isZero() ? obstacle(now) : why(now, patience).join());
    }

    /** Why no decision could be written now. The stage never fails, and completes within {@code patience}. */
    CompletableFuture<Optional<String>> whyNoDecision(Duration patience) {
        return why(held.all(), patience);
    }

    private CompletableFuture<Optional<String>> why(List<EpochRef> now, Duration patience) {
        Optional<String> known = obstacle(now);
        return known.isPresent() ? CompletableFuture.completedFuture(known) : probe.obstacle(now.get(0), patience);
    }

    private static String described(EpochRef epoch) {
        EpochKey key = epoch.key();
        return key.authority() == Authority.EMBEDDED_2PC
                ? "incarnation " + key.incarnation()
                : "shard " + key.shard() + ", epoch " + epoch.version();
    }

    /** What is known without asking anybody. */
    private Optional<String> obstacle(List<EpochRef> now) {
        if (closed) {
            return Optional.of("the transaction service is closed");
        }
        if (now.isEmpty()) {
            return Optional.of("this coordinator holds no epoch: its session with the store was lost");
        }
        return Optional.empty();
    }

    void close() {
        closed = true;
    }
}
