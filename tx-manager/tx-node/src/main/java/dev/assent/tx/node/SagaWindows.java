package dev.assent.tx.node;

import dev.assent.saga.SagaArchive;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaStatus;
import dev.assent.time.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * What was read of sagas' logs, for all who look: a part is read once at a time, and read anew only after a pause that grows with
 * what it costs, so that the store spends no more than a tenth of its time on it, however many pages are open. Thread-safe.
 */
final class SagaWindows {
    /** Logs read for one part; each is a sync and a read or two. */
    static final int LOOKED_AT_MAX = 1_000;

    /** A part ends where it has taken so long. */
    static final long READ_MILLIS_MAX = 4_000;

    /** So long what was read is shown again, and so many times longer than the reading took. */
    static final long FRESH_MILLIS = 2_000;

    static final int FRESH_TIMES = 10;

    /** Parts that are kept, those under way among them. */
    static final int KEPT_MAX = 8;

    private final Reading reading;
    private final Clock clock;
    /** The oldest first. Guarded by this. */
    private final List<Kept> kept = new ArrayList<>();

    /** What lies together in the store. */
    enum Kind {
        UNDER_WAY(EnumSet.of(SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.STUCK)),
        ENDED(EnumSet.of(SagaStatus.COMPLETED, SagaStatus.COMPENSATED));

        @SuppressWarnings("ImmutableEnumChecker") // wrapped below
        private final Set<SagaStatus> statuses;

        Kind(Set<SagaStatus> statuses) {
            this.statuses = Collections.unmodifiableSet(statuses);
        }

        Set<SagaStatus> statuses() {
            return statuses;
        }

        static Kind of(Set<SagaStatus> wanted) {
            return UNDER_WAY.statuses.containsAll(wanted) ? UNDER_WAY : ENDED;
        }
    }

    /** Reads one part. */
    interface Reading {
        CompletionStage<SagaArchive.Window> of(Kind kind, Optional<SagaId> after, BooleanSupplier isEnough)
                throws IOException;
    }

    /** One part: as it was asked for, and when it had come. */
    private static final class Kept {
        private final Kind kind;
        private final Optional<SagaId> after;
        private final long askedMillis;
        private final CompletableFuture<SagaArchive.Window> window;
        private volatile long tookMillis;

        Kept(Kind kind, Optional<SagaId> after, long askedMillis, CompletableFuture<SagaArchive.Window> window) {
            this.kind = kind;
            this.after = after;
            this.askedMillis = askedMillis;
            this.window = window;
        }

        boolean isOver(long nowMillis) {
            return window.isDone()
                    && (window.isCompletedExceptionally()
                            || nowMillis - askedMillis - tookMillis
                                    >= Math.max(FRESH_MILLIS, FRESH_TIMES * tookMillis));
        }

        boolean covers(Kind wanted, Optional<SagaId> from) {
            if (kind != wanted) {
                return false;
            }
            if (after.equals(from)) {
                return true;
            }
            // Where it was cut nothing of the next part is known.
            return from.isPresent()
                    && isBehind(from.get(), after)
                    && window.isDone()
                    && window.join()
                            .end()
                            .map(end -> end.compareTo(from.get()) > 0)
                            .orElse(true);
        }
    }

    SagaWindows(Reading reading, Clock clock) {
        this.reading = reading;
        this.clock = clock;
    }

    static boolean isBehind(SagaId id, Optional<SagaId> after) {
        return after.isEmpty() || id.compareTo(after.get()) > 0;
    }

    /**
     * The part in which those behind {@code after} begin.
     *
     * @throws IOException the store cannot be reached
     */
    CompletionStage<SagaArchive.Window> covering(Kind kind, Optional<SagaId> after) throws IOException {
        Kept fresh;
        synchronized (this) {
            long now = clock.monotonicMillis();
            kept.removeIf(one -> one.isOver(now));
            for (Kept one : kept) {
                if (one.covers(kind, after)) {
                    return one.window;
                }
            }
            fresh = new Kept(kind, after, now, new CompletableFuture<>());
            kept.add(fresh);
            if (kept.size() > KEPT_MAX) {
                kept.remove(0);
            }
        }
        read(fresh);
        return fresh.window;
    }

    /** Whoever came first reaches the store; the others wait for what comes of it, each as long as it has patience. */
    private void read(Kept part) throws IOException {
        long endMillis = part.askedMillis + READ_MILLIS_MAX;
        try {
            var unused = reading.of(part.kind, part.after, () -> clock.monotonicMillis() >= endMillis)
                    .whenComplete((window, failed) -> {
                        part.tookMillis = clock.monotonicMillis() - part.askedMillis;
                        if (failed == null) {
                            part.window.complete(window);
                        } else {
                            part.window.completeExceptionally(failed);
                        }
                    });
        } catch (IOException | RuntimeException | Error away) {
            part.window.completeExceptionally(away);
            throw away;
        }
    }
}
