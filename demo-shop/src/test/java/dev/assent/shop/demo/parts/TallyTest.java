package dev.assent.shop.demo.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally();

    @Test
    void the_longest_pause_is_between_two_commits() {
        tally.committed(Duration.ofSeconds(1).toNanos());
        tally.committed(Duration.ofMillis(1_250).toNanos());
        tally.rolledBack("no stock");
        tally.committed(Duration.ofMillis(1_300).toNanos());

        assertThat(tally.figures().longestPause()).isEqualTo(Duration.ofMillis(250));
        assertThat(tally.figures().answered()).isEqualTo(4);
    }

    @Test
    void what_was_unknown_counts_once_when_it_is_known() {
        tally.unknown();
        tally.unknown();

        tally.resolved(true);

        assertThat(tally.figures()).isEqualTo(new Tally.Figures(2, 1, 0, 1, Duration.ZERO));
    }

    @Test
    void alike_reasons_are_counted_together() {
        tally.rolledBack("customer-7 cannot pay 300 cents");
        tally.rolledBack("customer-9 cannot pay 1200 cents");

        assertThat(tally.reasons().values()).containsExactly(2);
    }
}
