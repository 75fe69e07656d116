package dev.assent.saga;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.saga.SagaArchive.Summary;
import dev.assent.saga.SagaArchive.Window;
import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.spi.SagaLog;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two hundred sagas that go on, and one behind them that is stuck. */
class SagaArchiveTest {
    private static final Set<SagaStatus> STUCK = EnumSet.of(SagaStatus.STUCK);
    private static final Set<SagaStatus> UNDER_WAY =
            EnumSet.of(SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.STUCK);
    private static final List<ProcessId> EXECUTORS = List.of(new ProcessId("one"), new ProcessId("other"));

    private final Map<SagaId, SagaRecord> sagas = new TreeMap<>();
    private final List<SagaId> read = new ArrayList<>();
    private final SagaArchive archive = new SagaArchive(log());

    SagaArchiveTest() {
        IntStream.range(0, 200).forEach(i -> add(String.format("trip-%03d", i), new SagaEvent.StageStarted(0)));
        add(
                "trip-of-bob",
                new SagaEvent.StageStarted(0),
                new SagaEvent.CompensationStarted("no money"),
                new SagaEvent.StepTroubled("book", 8, "the hotel does not answer"));
    }

    private void add(String name, SagaEvent... events) {
        SagaId id = new SagaId(name);
        ProcessId executor = EXECUTORS.get(sagas.size() % 2);
        sagas.put(
                id,
                new SagaRecord(
                        new SagaHeader(id, "trip", 1, "", 0, 1, List.of(List.of("book"))),
                        new Claim(id, executor, 0),
                        List.of(new SagaEntry(0, 0, 0, List.of(events)))));
    }

    /** Answers what an archive asks, and nothing else. */
    private SagaLog log() {
        return (SagaLog) Proxy.newProxyInstance(
                SagaLog.class.getClassLoader(),
                new Class<?>[] {SagaLog.class},
                (proxy, method, arguments) -> CompletableFuture.completedStage(answer(method.getName(), arguments)));
    }

    private Object answer(String asked, Object[] arguments) {
        return switch (asked) {
            case "executors" -> Set.copyOf(EXECUTORS);
            case "runsOf" ->
                sagas.values().stream()
                        .filter(saga -> saga.claim().executor().equals(arguments[0]))
                        .map(saga -> saga.header().id())
                        .toList();
            case "read" -> {
                read.add((SagaId) arguments[0]);
                yield Optional.ofNullable(sagas.get((SagaId) arguments[0]));
            }
            default -> throw new AssertionError(asked);
        };
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Window window(Set<SagaStatus> wanted, Optional<SagaId> after, int max, BooleanSupplier isEnough) {
        return now(archive.window(wanted, after, max, isEnough));
    }

    @Test
    void one_that_is_stuck_is_found_behind_two_hundred_that_go_on() {
        Window all = window(STUCK, Optional.empty(), 1_000, () -> false);

        assertThat(all.sagas()).extracting(Summary::id).containsExactly(new SagaId("trip-of-bob"));
        assertThat(all.end()).isEmpty();
        assertThat(all.lookedAt()).isEqualTo(201);
    }

    @Test
    void a_listing_that_is_cut_says_where_and_the_parts_together_are_the_whole() {
        List<SagaId> found = new ArrayList<>();
        Optional<SagaId> after = Optional.empty();
        do {
            Window part = window(UNDER_WAY, after, 50, () -> false);
            part.sagas().forEach(saga -> found.add(saga.id()));
            after = part.end();
        } while (after.isPresent());

        assertThat(found).containsExactlyElementsOf(sagas.keySet());
        assertThat(read).as("each once").hasSize(201);
    }

    @Test
    void a_listing_that_takes_too_long_ends_there_and_goes_on_there() {
        Window part = window(STUCK, Optional.empty(), 1_000, () -> read.size() >= 7);

        assertThat(part.lookedAt()).isEqualTo(7);
        assertThat(part.end()).hasValue(new SagaId("trip-006"));
        assertThat(window(STUCK, part.end(), 1_000, () -> false).lookedAt()).isEqualTo(194);
        assertThat(window(STUCK, Optional.empty(), 1_000, () -> true).lookedAt())
                .as("each goes on by one at least")
                .isEqualTo(1);
    }
}
