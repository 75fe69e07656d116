package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ThrottleTest {
    private static final long SPAN_NANOS = Duration.ofSeconds(10).toNanos();

    private final Throttle throttle = new Throttle(2, Duration.ofSeconds(10));

    @Test
    void a_few_are_told_and_the_rest_is_a_number_once_the_span_is_over() {
        assertThat(throttle.tell(0)).hasValue(0);
        assertThat(throttle.tell(1)).hasValue(0);
        assertThat(throttle.tell(2)).isEmpty();
        assertThat(throttle.tell(SPAN_NANOS - 1)).isEmpty();

        assertThat(throttle.tell(SPAN_NANOS)).hasValue(2);
        assertThat(throttle.tell(SPAN_NANOS + 1)).hasValue(0);
    }

    @Test
    void what_was_kept_back_is_told_although_nothing_follows() {
        throttle.tell(0);
        throttle.tell(0);
        throttle.tell(0);

        assertThat(throttle.keptBack(SPAN_NANOS - 1)).isEmpty();
        assertThat(throttle.keptBack(SPAN_NANOS)).hasValue(1);
        assertThat(throttle.keptBack(SPAN_NANOS)).isEmpty();
    }
}
