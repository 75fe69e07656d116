package dev.assent.saga;

import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** All sagas of the cluster, whoever executes them. Reads only. Thread-safe; no method blocks. */
public final class SagaArchive {
    /** Sagas that one listing looks at. */
    public static final int LISTED_MAX = 10_000;

    private final SagaLog log;

    public SagaArchive(SagaLog log) {
        this.log = log;
    }

    /**
     * One line of a listing.
     *
     * @param executor the process that claimed it last
     * @param cause why it turned back
     * @param trouble of a stuck one: which compensation fails, and why
     */
    public record Summary(
            SagaId id,
            String name,
            int version,
            SagaStatus status,
            String executor,
            long createdMillis,
            Optional<String> cause,
            Optional<String> trouble) {
        public static Summary of(SagaRecord record) {
            var progress = record.progress();
            return new Summary(
                    record.header().id(),
                    record.header().name(),
                    record.header().version(),
                    progress.status(),
                    record.claim().executor().text(),
                    record.header().createdMillis(),
                    progress.cause(),
                    progress.troubles().entrySet().stream()
                            .map(trouble -> trouble.getKey() + ": " + trouble.getValue())
                            .reduce((one, other) -> one + "; " + other));
        }
    }

    /**
     * A listing.
     *
     * @param isWhole false if there were more sagas than were looked at
     */
    public record Listing(List<Summary> sagas, boolean isWhole) {
        public Listing {
            sagas = List.copyOf(sagas);
        }
    }

    /** Those in one of these states; ended ones as long as they are kept. A log that cannot be read fails the listing. */
    public CompletionStage<Listing> list(Set<SagaStatus> wanted) {
        return list(wanted, LISTED_MAX);
    }

    /** The same, which looks at so many of them only. */
    public CompletionStage<Listing> list(Set<SagaStatus> wanted, int lookedAtMax) {
        boolean ended = wanted.contains(SagaStatus.COMPLETED) || wanted.contains(SagaStatus.COMPENSATED);
        boolean underWay = wanted.contains(SagaStatus.RUNNING)
                || wanted.contains(SagaStatus.COMPENSATING)
                || wanted.contains(SagaStatus.STUCK);
        CompletionStage<List<SagaId>> ids = CompletableFuture.completedStage(List.of());
        if (underWay) {
            ids = ids.thenCombine(idsUnderWay(), SagaArchive::joined);
        }
        if (ended) {
            ids = ids.thenCombine(idsEnded(), SagaArchive::joined);
        }
        return ids.thenCompose(found -> summaries(found, wanted, lookedAtMax));
    }

    private CompletionStage<List<SagaId>> idsUnderWay() {
        return log.executors().thenCompose(executors -> {
            CompletionStage<List<SagaId>> all = CompletableFuture.completedStage(List.of());
            for (var executor : executors) {
                all = all.thenCombine(log.runsOf(executor), SagaArchive::joined);
            }
            return all;
        });
    }

    private CompletionStage<List<SagaId>> idsEnded() {
        return log.endedSlots().thenCompose(slots -> {
            CompletionStage<List<SagaId>> all = CompletableFuture.completedStage(List.of());
            for (EndedSlot slot : slots) {
                all = all.thenCombine(log.endedIn(slot), SagaArchive::joined);
            }
            return all;
        });
    }

    private static List<SagaId> joined(List<SagaId> one, List<SagaId> other) {
        List<SagaId> both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }

    private CompletionStage<Listing> summaries(List<SagaId> ids, Set<SagaStatus> wanted, int lookedAtMax) {
        CompletionStage<List<Summary>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (SagaId id : ids.subList(0, Math.min(ids.size(), lookedAtMax))) {
            // One after the other: a listing is not to push the sagas themselves aside.
            all = all.thenCompose(before -> log.read(id).thenApply(record -> {
                record.map(Summary::of)
                        .filter(summary -> wanted.contains(summary.status()))
                        .ifPresent(before::add);
                return before;
            }));
        }
        return all.thenApply(summaries -> new Listing(summaries, ids.size() <= lookedAtMax));
    }

    /** One with its whole log; empty if there is none of that id, or not any more. */
    public CompletionStage<Optional<SagaRecord>> show(SagaId saga) {
        return log.read(saga);
    }
}
