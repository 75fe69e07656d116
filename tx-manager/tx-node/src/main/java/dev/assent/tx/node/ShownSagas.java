package dev.assent.tx.node;

import dev.assent.admin.view.SagaHead;
import dev.assent.admin.view.SagaHistory;
import dev.assent.admin.view.SagaNote;
import dev.assent.admin.view.SagaStep;
import dev.assent.admin.view.Sagas;
import dev.assent.saga.SagaArchive;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaProgress;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.store.ZnodeSagaLog;
import dev.assent.store.OpenedWhenNeeded;
import dev.assent.store.SetAside;
import dev.assent.time.Clock;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sagas as their step logs in the store tell them: without what they were given and what their steps said. Thread-safe. */
final class ShownSagas {
    /** For all that one answer reads. */
    static final long PATIENCE_MILLIS = 7_000;

    private static final SagaArchive.Window NO_SAGAS = new SagaArchive.Window(List.of(), Optional.empty(), 0);

    private final OpenedWhenNeeded<CoordinatorZnodes> store;
    private final SetAside aside = new SetAside();
    private final SagaWindows windows;

    ShownSagas(OpenedWhenNeeded<CoordinatorZnodes> store, Clock clock) {
        this.store = store;
        this.windows = new SagaWindows(
                (kind, after, isEnough) -> {
                    Optional<SagaArchive> archive = archive();
                    return archive.isEmpty()
                            ? CompletableFuture.completedStage(NO_SAGAS)
                            : archive.get().window(kind.statuses(), after, SagaWindows.LOOKED_AT_MAX, isEnough);
                },
                clock);
    }

    /** Those of the part that begins behind {@code after}; {@code next} tells where it was cut. */
    Sagas list(Optional<String> status, Optional<String> after, int limit) throws IOException {
        Set<SagaStatus> wanted = status.<Set<SagaStatus>>map(text -> EnumSet.of(statusNamed(text)))
                .orElse(SagaWindows.Kind.UNDER_WAY.statuses());
        Optional<SagaId> from = after.map(SagaId::new);
        SagaArchive.Window window = await(windows.covering(SagaWindows.Kind.of(wanted), from));
        List<SagaHead> fitting = window.sagas().stream()
                .filter(saga -> wanted.contains(saga.status()) && SagaWindows.isBehind(saga.id(), from))
                .limit(limit + 1L)
                .map(ShownSagas::head)
                .toList();
        boolean isMore = fitting.size() > limit;
        List<SagaHead> shown = isMore ? fitting.subList(0, limit) : fitting;
        Optional<String> next =
                isMore ? Optional.of(shown.get(limit - 1).id()) : window.end().map(SagaId::text);
        return new Sagas(shown, next.isEmpty(), next, window.lookedAt());
    }

    private static SagaStatus statusNamed(String text) {
        return Arrays.stream(SagaStatus.values())
                .filter(one -> one.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "status is one of " + Arrays.toString(SagaStatus.values()) + ", not '" + text + "'"));
    }

    Optional<SagaHistory> one(String id) throws IOException {
        SagaId saga = new SagaId(id);
        Optional<SagaArchive> archive = archive();
        return archive.isEmpty()
                ? Optional.empty()
                : await(archive.get().show(saga)).map(ShownSagas::history);
    }

    private Optional<SagaArchive> archive() throws IOException {
        return ZnodeSagaLog.existing(store.get().session(), aside).map(SagaArchive::new);
    }

    private static <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new IOException("the store has not answered within " + PATIENCE_MILLIS + " ms", slow);
        } catch (InterruptedException cut) {
            Thread.currentThread().interrupt();
            throw new IOException("the request was cut off", cut);
        } catch (ExecutionException failed) {
            throw new IOException("sagas could not be read: " + failed.getCause(), failed);
        }
    }

    private static SagaHead head(SagaArchive.Summary saga) {
        return new SagaHead(
                saga.id().text(),
                saga.name(),
                saga.version(),
                saga.status().name(),
                saga.executor(),
                Instant.ofEpochMilli(saga.createdMillis()),
                saga.cause(),
                saga.trouble());
    }

    private static SagaHistory history(SagaRecord saga) {
        SagaProgress progress = saga.progress();
        SagaHead head = head(SagaArchive.Summary.of(saga));
        List<SagaStep> steps = new ArrayList<>();
        List<List<String>> shape = saga.header().shape();
        for (int stage = 0; stage < shape.size(); stage++) {
            for (String step : shape.get(stage)) {
                steps.add(new SagaStep(
                        stage,
                        step,
                        state(progress, stage, step),
                        Optional.ofNullable(progress.troubles().get(step))));
            }
        }
        return new SagaHistory(
                head,
                Instant.ofEpochMilli(saga.header().deadlineMillis()),
                next(progress.status(), head),
                steps,
                saga.entries().stream()
                        .flatMap(entry -> entry.events().stream()
                                .map(event -> new SagaNote(
                                        Instant.ofEpochMilli(entry.atMillis()),
                                        entry.epoch(),
                                        event.accept(new Said()))))
                        .toList());
    }

    private static SagaStep.State state(SagaProgress progress, int stage, String step) {
        if (stage >= progress.stagesStarted()) {
            return SagaStep.State.NOT_BEGUN;
        }
        if (progress.cause().isPresent()) {
            return progress.isCompensated(step)
                    ? SagaStep.State.COMPENSATED
                    : progress.isTroubled(step) ? SagaStep.State.TROUBLED : SagaStep.State.TO_COMPENSATE;
        }
        return progress.isDone(step) ? SagaStep.State.DONE : SagaStep.State.CALLED;
    }

    /** When exactly a call is made again its executor alone knows: the log holds what has come of calls. */
    private static String next(SagaStatus status, SagaHead saga) {
        return switch (status) {
            case RUNNING ->
                saga.executor()
                        + " calls the steps of this stage until they are done, pausing longer after each failure;"
                        + " it turns back after their last attempt, or at the deadline";
            case COMPENSATING -> saga.executor() + " undoes what may have been done, for as long as it takes";
            case STUCK ->
                saga.executor() + " calls the compensation on and on, pausing longer up to a limit; the saga ends by"
                        + " itself as soon as what hinders it is removed";
            case COMPLETED, COMPENSATED -> "nothing: it has ended, and is forgotten after a while";
        };
    }

    /** Results are the application's, and stay with it. */
    private static final class Said implements SagaEvent.Handler<String> {
        @Override
        public String stageStarted(SagaEvent.StageStarted event) {
            return "stage " + event.stage() + " begins";
        }

        @Override
        public String stepDone(SagaEvent.StepDone event) {
            return event.step() + " is done";
        }

        @Override
        public String compensationStarted(SagaEvent.CompensationStarted event) {
            return "it turns back: " + event.cause();
        }

        @Override
        public String stepCompensated(SagaEvent.StepCompensated event) {
            return event.step() + " is compensated";
        }

        @Override
        public String stepTroubled(SagaEvent.StepTroubled event) {
            return "the compensation of " + event.step() + " has failed " + event.attempts() + " times: "
                    + event.cause();
        }

        @Override
        public String ended(SagaEvent.Ended event) {
            return "it ends: " + event.outcome();
        }
    }
}
