package dev.assent.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    private final Backoff backoff = Backoff.of(Duration.ofMillis(50), Duration.ofSeconds(1));

    @Test
    void pauses_double_from_the_first_to_the_longest() {
        assertThat(IntStream.rangeClosed(1, 7).mapToObj(backoff::pauseMillis))
                .containsExactly(50L, 100L, 200L, 400L, 800L, 1_000L, 1_000L);
        assertThat(backoff.pause(3)).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void however_often_something_fails_the_pause_stays_within_its_bound() {
        assertThat(backoff.pauseMillis(Integer.MAX_VALUE)).isEqualTo(1_000);
        assertThat(new Backoff(Long.MAX_VALUE / 2, Long.MAX_VALUE).pauseMillis(40))
                .isPositive();
        assertThat(new Backoff(1, Long.MAX_VALUE).after(Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_pause_follows_from_the_one_before() {
        assertThat(backoff.after(0)).isEqualTo(50);
        assertThat(backoff.after(50)).isEqualTo(100);
        assertThat(backoff.after(800)).isEqualTo(1_000);
    }

    @Test
    void pauses_that_shrink_are_refused() {
        assertThatThrownBy(() -> new Backoff(10, 9)).hasMessageContaining("1 <= first <= max");
    }
}
