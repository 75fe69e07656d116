package dev.assent.saga;

import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

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

    /**
     * A part of a listing, in the order of ids.
     *
     * @param end the last one that was looked at, if there are others behind it
     * @param lookedAt so many logs were read for it
     */
    public record Window(List<Summary> sagas, Optional<SagaId> end, int lookedAt) {
        public Window {
            sagas = List.copyOf(sagas);
        }
    }

    /** Those in one of these states; ended ones as long as they are kept. A log that cannot be read fails the listing. */
    public CompletionStage<Listing> list(Set<SagaStatus> wanted) {
        return window(wanted, Optional.empty(), LISTED_MAX, () -> false)
                .thenApply(window -> new Listing(window.sagas(), window.end().isEmpty()));
    }

    /**
     * Those of a part of them: the state of a saga is known by reading its log, and a listing is not to read all that there are.
     *
     * @param after the {@code end} of the part before
     * @param lookedAtMax so many logs are read at most
     * @param isEnough asked after each; the part ends there
     */
    public CompletionStage<Window> window(
            Set<SagaStatus> wanted, Optional<SagaId> after, int lookedAtMax, BooleanSupplier isEnough) {
        boolean ended = wanted.contains(SagaStatus.COMPLETED) || wanted.contains(SagaStatus.COMPENSATED);
        boolean underWay = wanted.contains(SagaStatus.RUNNING)
                || wanted.contains(SagaStatus.COMPENSATING)
                || wanted.contains(SagaStatus.STUCK);
        FirstIds ids = new FirstIds(after, lookedAtMax + 1);
        CompletionStage<Void> all = underWay ? gatherUnderWay(ids) : CompletableFuture.completedStage(null);
        if (ended) {
            all = all.thenCompose(gathered -> gatherEnded(ids));
        }
        return all.thenCompose(gathered -> read(ids.list(), wanted, lookedAtMax, isEnough));
    }

    private CompletionStage<Void> gatherUnderWay(FirstIds ids) {
        return log.executors().thenCompose(executors -> {
            CompletionStage<Void> all = CompletableFuture.completedStage(null);
            for (ProcessId executor : executors) {
                all = all.thenCompose(before -> log.runsOf(executor)).thenAccept(ids::addAll);
            }
            return all;
        });
    }

    private CompletionStage<Void> gatherEnded(FirstIds ids) {
        return log.endedSlots().thenCompose(slots -> {
            CompletionStage<Void> all = CompletableFuture.completedStage(null);
            for (EndedSlot slot : slots) {
                all = all.thenCompose(before -> log.endedIn(slot)).thenAccept(ids::addAll);
            }
            return all;
        });
    }

    private CompletionStage<Window> read(
            List<SagaId> ids, Set<SagaStatus> wanted, int lookedAtMax, BooleanSupplier isEnough) {
        List<Summary> found = new ArrayList<>();
        CompletionStage<Integer> all = CompletableFuture.completedStage(0);
        List<SagaId> first = ids.subList(0, Math.min(ids.size(), lookedAtMax));
        for (int i = 0; i < first.size(); i++) {
            int before = i;
            SagaId id = first.get(i);
            // One after the other: a listing is not to push the sagas themselves aside.
            all = all.thenCompose(looked -> looked < before || (before > 0 && isEnough.getAsBoolean())
                    ? CompletableFuture.completedStage(looked)
                    : log.read(id).thenApply(record -> {
                        record.map(Summary::of)
                                .filter(summary -> wanted.contains(summary.status()))
                                .ifPresent(found::add);
                        return before + 1;
                    }));
        }
        return all.thenApply(looked ->
                new Window(found, looked < ids.size() ? Optional.of(ids.get(looked - 1)) : Optional.empty(), looked));
    }

    /** The first ids behind another, however many are named. */
    private static final class FirstIds {
        private final Optional<SagaId> after;
        private final int max;
        private final TreeSet<SagaId> first = new TreeSet<>();

        FirstIds(Optional<SagaId> after, int max) {
            this.after = after;
            this.max = max;
        }

        void addAll(List<SagaId> named) {
            for (SagaId id : named) {
                if (after.isEmpty() || id.compareTo(after.get()) > 0) {
                    first.add(id);
                }
                if (first.size() > max) {
                    first.pollLast();
                }
            }
        }

        List<SagaId> list() {
            return List.copyOf(first);
        }
    }

    /** One with its whole log; empty if there is none of that id, or not any more. */
    public CompletionStage<Optional<SagaRecord>> show(SagaId saga) {
        return log.read(saga);
    }
}
