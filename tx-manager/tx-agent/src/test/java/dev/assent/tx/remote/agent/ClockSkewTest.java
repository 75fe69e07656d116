package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockSkewTest {
    private static final long NODE = 1_000_000_000;

    private static ClockSkew at(long millis) {
        return new ClockSkew(() -> millis);
    }

    @Test
    void a_clock_that_is_ahead_is_told_with_the_node_and_by_how_much_at_least() {
        ClockSkew skew = at(NODE + 61_000);

        skew.measured("node n1", NODE, TimeUnit.MILLISECONDS.toNanos(40));

        assertThat(skew.complaint())
                .hasValueSatisfying(
                        told -> assertThat(told).contains("60 s ahead of").contains("node n1"));
        assertThat(skew.remark()).contains("60 s ahead of");
    }

    @Test
    void a_clock_that_is_behind_is_told() {
        ClockSkew skew = at(NODE - 30_000);

        skew.measured("node n1", NODE, 0);

        assertThat(skew.complaint()).hasValueSatisfying(told -> assertThat(told).contains("30 s behind"));
    }

    @Test
    void a_slow_network_is_not_a_wrong_clock() {
        ClockSkew skew = at(NODE + 61_000);

        skew.measured("node n1", NODE, TimeUnit.SECONDS.toNanos(58));

        assertThat(skew.complaint()).isEmpty();
    }

    @Test
    void a_node_that_does_not_tell_its_time_is_no_measure() {
        ClockSkew skew = at(NODE);

        skew.measured("node n1", 0, 0);

        assertThat(skew.complaint()).isEmpty();
        assertThat(skew.remark()).isEmpty();
    }

    @Test
    void a_clock_that_was_set_right_is_not_complained_about_any_more() {
        long[] now = {NODE + 61_000};
        ClockSkew skew = new ClockSkew(() -> now[0]);
        skew.measured("node n1", NODE, 0);

        now[0] = NODE;
        skew.measured("node n1", NODE, 0);

        assertThat(skew.complaint()).isEmpty();
    }
}
