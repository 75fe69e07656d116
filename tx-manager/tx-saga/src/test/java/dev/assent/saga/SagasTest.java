package dev.assent.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.saga.SagaArchive.Listing;
import dev.assent.saga.SagaArchive.Summary;
import dev.assent.saga.api.InputText;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.api.StepAction;
import dev.assent.saga.api.StepOptions;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.engine.ExecutorSettings;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaStatus;
import dev.assent.store.StoreConfig;
import dev.assent.time.Backoff;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.testing.AssentEnsemble;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas over three servers of our own; processes are instances here, which end with their sessions. */
class SagasTest {
    private static final StepOptions QUICK = new StepOptions(3, Duration.ofSeconds(100), new Backoff(1, 20));

    private static AssentEnsemble ensemble;

    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final List<Sagas> open = new ArrayList<>();

    @BeforeAll
    static void startStore(@TempDir Path folder) throws IOException {
        ensemble = new AssentEnsemble(folder);
    }

    @AfterAll
    static void stopStore() {
        ensemble.close();
    }

    @AfterEach
    void closeAll() {
        open.forEach(Sagas::close);
    }

    private Sagas process(SagaDefinition<?>... known) throws IOException {
        return process(ExecutorSettings.DEFAULT, known);
    }

    private Sagas process(ExecutorSettings settings, SagaDefinition<?>... known) throws IOException {
        StoreConfig store = StoreConfig.of(ensemble.connectString()).withSessionTimeout(Duration.ofSeconds(30));
        Sagas sagas = Sagas.open(store, List.of(known), settings, Bulkhead.Limits.DEFAULT);
        open.add(sagas);
        return sagas;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    /** Books a, then b and c side by side, then pays as {@code pay} does. */
    private SagaDefinition<String> trip(String name, StepAction<String> pay) {
        return SagaDefinition.named(name, 1, InputText.plain())
                .step("a", context -> note("a " + context.input()), context -> note("undo a"), QUICK)
                .together(stage -> stage.step("b", context -> note("b"), context -> note("undo b"), QUICK)
                        .step("c", context -> note("c"), context -> note("undo c"), QUICK))
                .step("pay", pay, context -> note("undo pay"), QUICK)
                .build();
    }

    private String note(String what) {
        happened.add(what);
        return "done " + what;
    }

    @Test
    void a_saga_is_completed_step_by_step_and_each_step_sees_the_results_before_it() throws Exception {
        SagaDefinition<String> trip = trip(
                "whole",
                context -> note("pay after " + context.result("a").orElseThrow() + " and "
                        + context.result("c").orElseThrow() + " as "
                        + context.key().step()));
        Sagas sagas = process(trip);

        SagaId id = get(sagas.start(trip, "for two"));

        assertThat(get(sagas.outcome(id))).isEqualTo(SagaOutcome.COMPLETED);
        assertThat(happened.get(0)).isEqualTo("a for two");
        assertThat(happened.subList(1, 3)).containsExactlyInAnyOrder("b", "c");
        assertThat(happened.subList(3, happened.size())).containsExactly("pay after done a for two and done c as pay");
        assertThat(get(process(trip).outcome(id))).as("asked elsewhere").isEqualTo(SagaOutcome.COMPLETED);
    }

    @Test
    void a_saga_whose_step_is_refused_is_compensated_in_reverse_and_the_archive_tells_why() throws Exception {
        SagaDefinition<String> trip = trip("refused", context -> {
            throw new StepRefusedException("no money");
        });
        Sagas sagas = process(trip);

        SagaId id = get(sagas.start(trip, ""));

        assertThat(get(sagas.outcome(id))).isEqualTo(SagaOutcome.COMPENSATED);
        assertThat(happened.get(3))
                .as("what was refused may have arrived before")
                .isEqualTo("undo pay");
        assertThat(happened.subList(4, 6)).containsExactlyInAnyOrder("undo b", "undo c");
        assertThat(happened.subList(6, happened.size())).containsExactly("undo a");
        Summary summary = only(get(sagas.archive().list(EnumSet.of(SagaStatus.COMPENSATED))), id);
        assertThat(summary.cause()).contains("step pay: no money");
        assertThat(get(sagas.archive().show(id)).orElseThrow().entries())
                .flatExtracting(entry -> entry.events())
                .contains(new SagaEvent.StepCompensated("b"), new SagaEvent.Ended(SagaOutcome.COMPENSATED));
    }

    private static Summary only(Listing listing, SagaId id) {
        List<Summary> found =
                listing.sagas().stream().filter(saga -> saga.id().equals(id)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void another_process_goes_on_within_2_seconds_after_the_executors_session_has_ended() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean dead = new AtomicBoolean();
        SagaDefinition<String> trip = trip("moved", context -> {
            if (!dead.get()) {
                reached.countDown();
                never.await();
            }
            return note("pay");
        });
        Sagas first = process(trip);
        Sagas second = process(trip);
        SagaId id = get(first.start(trip, ""));
        assertThat(reached.await(120, TimeUnit.SECONDS)).isTrue();
        CompletionStage<SagaOutcome> here = first.outcome(id);
        CompletionStage<SagaOutcome> elsewhere = second.outcome(id);

        dead.set(true);
        first.close();
        assertThatThrownBy(() -> get(here)).hasMessageContaining("ask another one");
        long sessionEnded = System.nanoTime();

        assertThat(get(elsewhere)).isEqualTo(SagaOutcome.COMPLETED);
        System.out.println("went on and completed after "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sessionEnded) + " ms");
        assertThat(happened.stream().filter("pay"::equals)).hasSize(1);
        assertThat(happened.stream().filter(what -> what.startsWith("a ")))
                .as("what is done is not called again")
                .hasSize(1);
    }

    @Test
    void a_saga_whose_definition_nobody_knows_is_left_alone_until_somebody_does() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean dead = new AtomicBoolean();
        SagaDefinition<String> known = trip("known", context -> {
            if (!dead.get()) {
                reached.countDown();
                never.await();
            }
            return note("pay");
        });
        SagaDefinition<String> differs = SagaDefinition.named("known", 1, InputText.plain())
                .step("a", context -> note("wrong"))
                .build();
        SagaDefinition<String> seen = SagaDefinition.named("seen", 1, InputText.plain())
                .step("a", context -> {
                    if (!dead.get()) {
                        never.await();
                    }
                    return note("taken over");
                })
                .build();
        Sagas first = process(known, seen);
        Sagas ignorant = process(differs, seen);
        SagaId id = get(first.start(known, ""));
        SagaId witness = get(first.start(seen, ""));
        assertThat(reached.await(120, TimeUnit.SECONDS)).isTrue();

        dead.set(true);
        first.close();

        assertThat(get(ignorant.outcome(witness))).as("it looks").isEqualTo(SagaOutcome.COMPLETED);
        assertThat(only(get(ignorant.archive().list(EnumSet.of(SagaStatus.RUNNING))), id)
                        .status())
                .isEqualTo(SagaStatus.RUNNING);
        assertThat(happened).doesNotContain("wrong");
        assertThat(get(process(known).outcome(id))).isEqualTo(SagaOutcome.COMPLETED);
        assertThat(get(ignorant.outcome(id))).isEqualTo(SagaOutcome.COMPLETED);
    }

    @Test
    void a_compensation_that_fails_on_and_on_is_told_as_stuck_and_ends_when_it_can() throws Exception {
        AtomicBoolean well = new AtomicBoolean();
        SagaDefinition<String> trip = SagaDefinition.named("stuck", 1, InputText.plain())
                .step(
                        "a",
                        context -> {
                            throw new StepRefusedException("no");
                        },
                        context -> {
                            if (!well.get()) {
                                throw new IOException("bank is closed");
                            }
                        },
                        QUICK)
                .build();
        Sagas sagas = process(trip);
        SagaId id = get(sagas.start(trip, ""));

        Eventually.soon("it is told", () -> {
            try {
                return get(sagas.archive().show(id)).orElseThrow().progress().status() == SagaStatus.STUCK;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(only(get(sagas.archive().list(EnumSet.of(SagaStatus.STUCK))), id)
                        .trouble()
                        .orElseThrow())
                .contains("a: ", "bank is closed");
        well.set(true);

        assertThat(get(sagas.outcome(id))).isEqualTo(SagaOutcome.COMPENSATED);
    }

    @Test
    void an_id_is_started_once_and_what_was_never_started_has_no_outcome() throws Exception {
        SagaDefinition<String> trip = trip("once", context -> note("pay"));
        Sagas sagas = process(trip);
        Sagas other = process(trip);
        SagaId id = new SagaId("order-4711");

        assertThat(get(sagas.start(trip, id, ""))).isTrue();
        assertThat(get(sagas.start(trip, id, ""))).isFalse();
        assertThat(get(other.start(trip, id, ""))).isFalse();

        assertThat(get(sagas.outcome(id))).isEqualTo(SagaOutcome.COMPLETED);
        assertThat(happened.stream().filter("pay"::equals)).hasSize(1);
        assertThatThrownBy(() -> get(sagas.outcome(new SagaId("nobodys"))))
                .hasRootCauseInstanceOf(IOException.class)
                .hasMessageContaining("there is no saga nobodys");
    }

    @Test
    void a_store_that_is_away_for_a_while_costs_time_only() throws Exception {
        CountDownLatch away = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        SagaDefinition<String> trip = trip("patient", context -> {
            reached.countDown();
            away.await();
            return note("pay");
        });
        Sagas sagas = process(trip);
        SagaId id = get(sagas.start(trip, ""));
        assertThat(reached.await(120, TimeUnit.SECONDS)).isTrue();

        ensemble.stop();
        away.countDown();
        Eventually.soon("the step is done", () -> happened.contains("pay"));
        ensemble.start();

        assertThat(get(sagas.outcome(id))).isEqualTo(SagaOutcome.COMPLETED);
        assertThat(happened).containsOnlyOnce("pay");
    }

    @Test
    void what_does_not_fit_is_refused_with_its_limit() throws Exception {
        SagaDefinition<String> trip = trip("small", context -> "x".repeat(SagaEvent.RESULT_BYTES_MAX + 1));
        Sagas sagas = process(new ExecutorSettings(1, 500, 1_000, 60_000, new Backoff(50, 2_000)), trip);

        assertThatThrownBy(() -> sagas.start(trip, "x".repeat(70_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
        SagaId id = get(sagas.start(trip, ""));
        assertThat(get(sagas.outcome(id))).isEqualTo(SagaOutcome.COMPENSATED);
        assertThat(get(sagas.archive().show(id))
                        .orElseThrow()
                        .progress()
                        .cause()
                        .orElseThrow())
                .contains("more than 8192");
        CountDownLatch never = new CountDownLatch(1);
        SagaDefinition<String> endless = trip(
                "long", context -> Optional.of(never.await(1, TimeUnit.HOURS)).toString());
        Sagas full = process(new ExecutorSettings(1, 500, 1_000, 60_000, new Backoff(50, 2_000)), endless);
        get(full.start(endless, ""));
        assertThatThrownBy(() -> get(full.start(endless, ""))).hasMessageContaining("1 are under way");
    }
}
