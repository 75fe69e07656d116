package dev.assent.shop.gray;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final long SECOND = 1_000_000_000L;

    private final Meter meter = new Meter();

    @Test
    void only_what_was_achieved_in_the_window_counts() {
        call(1, 0, SECOND, true);
        call(1, SECOND, 3 * SECOND, true);
        call(1, 3 * SECOND, 4 * SECOND - 1, false);
        call(1, 4 * SECOND, 5 * SECOND, true);

        assertThat(meter.perSecond(SECOND, 5 * SECOND)).isEqualTo(0.5);
    }

    @Test
    void whoever_still_waits_counts_among_the_longest_waits() {
        call(1, 0, SECOND, true);
        meter.begin(2, 0);

        assertThat(meter.longestWait(7 * SECOND)).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void a_call_that_achieved_nothing_was_waited_for_all_the_same() {
        call(1, 0, 4 * SECOND, false);

        assertThat(meter.longestWait(9 * SECOND)).isEqualTo(Duration.ofSeconds(4));
    }

    private void call(int caller, long from, long to, boolean achieved) {
        meter.begin(caller, from);
        meter.end(caller, to, achieved);
    }
}
