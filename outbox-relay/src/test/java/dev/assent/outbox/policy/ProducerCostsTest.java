package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProducerCostsTest {
    private final ProducerCosts costs = new ProducerCosts();

    @Test
    void however_often_a_broken_topic_asks_it_costs_two_producers_at_most_and_a_healthy_one_has_its_turn() {
        Deque<String> producers = new ArrayDeque<>(List.of("side-1", "side-2", "side-3", "side-4"));
        // The first is lost with both under way, as a broker acknowledges partitions of one request together.
        costs.lost("main", List.of("broken", "healthy"));
        for (int trial = 0; trial < 5; trial++) {
            if (costs.mayCost("broken")) {
                costs.lost(producers.remove(), List.of("broken"));
            }
        }

        assertThat(producers).hasSize(3);
        assertThat(costs.mayCost("healthy")).isTrue();
        assertThat(costs.mayCost("broken")).isFalse();
    }

    @Test
    void a_producer_that_is_open_again_shows_that_the_topic_is_well() {
        costs.lost("main", List.of("broken"));
        assertThat(costs.mayCost("broken")).isFalse();

        costs.isBack("main");
        assertThat(costs.mayCost("broken")).isTrue();
    }

    @Test
    void once_the_others_have_acknowledged_records_the_one_that_is_left_is_guilty() {
        costs.lost("main", List.of("broken", "healthy"));
        costs.areWell(List.of("healthy"));

        assertThat(costs.mayCost("broken")).isFalse();
        assertThat(costs.mayCost("healthy")).isTrue();
    }

    @Test
    void one_that_was_there_each_time_is_not_tried_a_third_time() {
        costs.lost("main", List.of("broken", "one"));
        assertThat(costs.mayCost("broken")).isTrue();
        costs.lost("side-1", List.of("broken", "other"));

        assertThat(costs.mayCost("broken")).isFalse();
        assertThat(costs.mayCost("one")).isTrue();
        assertThat(costs.mayCost("other")).isTrue();
    }

    @Test
    void any_number_that_broke_together_hold_one_producer_once_the_broker_has_said_which_they_are() {
        List<String> broken = List.of("one", "two", "three", "four", "five", "six");
        List<String> sent = new ArrayList<>(broken);
        sent.add("healthy");
        costs.lost("main", sent);
        costs.isNotDueTo("main", List.of("healthy"));
        costs.isDueTo("main", broken);

        assertThat(broken).noneMatch(costs::mayCost);
        assertThat(costs.mayCost("healthy")).isTrue();
    }

    @Test
    void one_that_takes_records_again_may_be_tried_while_others_still_keep_the_producer() {
        costs.lost("main", List.of("one", "two"));
        costs.isDueTo("main", List.of("one", "two"));
        costs.areWell(List.of("one"));

        assertThat(costs.mayCost("one")).isTrue();
        assertThat(costs.mayCost("two")).isFalse();
        costs.isBack("main");
        assertThat(costs.mayCost("two")).isTrue();
    }

    @Test
    void what_the_broker_says_of_a_producer_that_is_open_again_changes_nothing() {
        costs.lost("main", List.of("one"));
        costs.isBack("main");
        costs.isDueTo("main", List.of("one"));

        assertThat(costs.mayCost("one")).isTrue();
    }
}
