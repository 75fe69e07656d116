package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.SettableClock;
import dev.assent.saga.SagaArchive;
import dev.assent.saga.model.SagaId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Many browsers look at sagas; the store is read for one. */
class SagaWindowsTest {
    private static final SagaArchive.Window WHOLE = new SagaArchive.Window(List.of(), Optional.empty(), 3);

    private final SettableClock clock = new SettableClock();
    private final List<CompletableFuture<SagaArchive.Window>> asked = new ArrayList<>();
    private final List<BooleanSupplier> enough = new ArrayList<>();
    private final SagaWindows windows = new SagaWindows(this::read, clock);

    private CompletableFuture<SagaArchive.Window> read(
            SagaWindows.Kind kind, Optional<SagaId> after, BooleanSupplier isEnough) {
        enough.add(isEnough);
        asked.add(new CompletableFuture<>());
        return asked.get(asked.size() - 1);
    }

    private CompletableFuture<SagaArchive.Window> look(String after) throws IOException {
        return windows.covering(
                        SagaWindows.Kind.UNDER_WAY,
                        Optional.of(after).filter(text -> !text.isEmpty()).map(SagaId::new))
                .toCompletableFuture();
    }

    @Test
    void all_who_look_share_one_reading_while_it_goes_on_and_for_two_seconds_after_it() throws IOException {
        assertThat(look("")).isNotDone();
        CompletableFuture<SagaArchive.Window> second = look("");
        asked.get(0).complete(WHOLE);
        assertThat(second).isCompletedWithValue(WHOLE);

        clock.advance(Duration.ofMillis(SagaWindows.FRESH_MILLIS - 1));
        assertThat(look("")).isDone();
        assertThat(look("trip-7")).as("a later page").isDone();
        assertThat(asked).hasSize(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(look("")).isNotDone();
        assertThat(asked).hasSize(2);
    }

    @Test
    void what_is_dear_to_read_is_read_more_rarely() throws IOException {
        assertThat(look("")).isNotDone();
        clock.advance(Duration.ofSeconds(3));
        asked.get(0).complete(WHOLE);

        clock.advance(Duration.ofSeconds(29));
        assertThat(look("")).isDone();
        clock.advance(Duration.ofSeconds(1));
        assertThat(look("")).isNotDone();
    }

    @Test
    void a_reading_is_told_to_end_and_what_lies_behind_its_end_is_read_apart() throws IOException {
        assertThat(look("")).isNotDone();
        assertThat(enough.get(0).getAsBoolean()).isFalse();
        clock.advance(Duration.ofMillis(SagaWindows.READ_MILLIS_MAX));
        assertThat(enough.get(0).getAsBoolean()).isTrue();
        asked.get(0).complete(new SagaArchive.Window(List.of(), Optional.of(new SagaId("trip-5")), 500));

        assertThat(look("trip-4")).isDone();
        assertThat(look("trip-5")).isNotDone();
        assertThat(asked).hasSize(2);
        for (int part = 0; part < 2 * SagaWindows.KEPT_MAX; part++) {
            assertThat(look("u" + part)).isNotDone();
        }
        assertThat(look("u" + (2 * SagaWindows.KEPT_MAX - 1))).isNotDone();
        assertThat(asked).as("of those that are kept none is read twice").hasSize(2 + 2 * SagaWindows.KEPT_MAX);
    }

    @Test
    void a_failure_is_told_to_all_who_waited_for_it_and_the_next_one_asks_anew() throws IOException {
        CompletableFuture<SagaArchive.Window> first = look("");
        CompletableFuture<SagaArchive.Window> second = look("");
        asked.get(0).completeExceptionally(new IOException("planted"));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(look("")).isNotDone();

        SagaWindows away = new SagaWindows(
                (kind, after, isEnough) -> {
                    throw new IOException("no way to the store");
                },
                clock);
        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> away.covering(SagaWindows.Kind.ENDED, Optional.empty()))
                    .hasMessage("no way to the store");
        }
    }
}
