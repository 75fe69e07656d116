package dev.assent.coordination.net.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.LogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClientMemoryTest {
    private static final long BUDGET = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(-5);
    private final ClientMemory memory = new ClientMemory(BUDGET, nanos::get, task -> {});
    private final List<String> evicted = new ArrayList<>();

    private Holding connection(String name) {
        return new Holding(memory, why -> evicted.add(name));
    }

    @Test
    void beyond_the_budget_who_has_something_under_way_waits_until_half_of_it_is_free() {
        Holding busy = connection("busy");
        Holding other = connection("other");
        Holding idle = connection("idle");
        other.underWay(BUDGET);
        busy.underWay(100_000);
        idle.unread(100);

        assertThat(busy.mustWait()).isTrue();
        assertThat(other.mustWait()).isTrue();
        assertThat(idle.mustWait()).isFalse();

        other.underWay(BUDGET / 2);
        assertThat(busy.mustWait()).isTrue();
        other.underWay(0);
        assertThat(busy.mustWait()).isFalse();
    }

    @Test
    void a_connection_whose_own_requests_are_answered_waits_for_nobody() {
        Holding greedy = connection("greedy");
        greedy.unsent((int) (2 * BUDGET));
        Holding modest = connection("modest");
        modest.underWay(10_000);
        assertThat(modest.mustWait()).isTrue();

        modest.underWay(0);

        assertThat(modest.mustWait()).isFalse();
    }

    @Test
    void when_memory_is_exhausted_large_frames_wait_and_small_ones_do_not() {
        Holding large = connection("large");
        Holding ping = connection("ping");
        large.unread(2 * BUDGET + Holding.GRAIN_BYTES);
        ping.unread(200);

        assertThat(large.mustWait()).isTrue();
        assertThat(large.mustBeWoken()).isTrue();
        assertThat(ping.mustWait()).isFalse();
    }

    @Test
    void while_it_stays_exhausted_who_holds_most_of_what_can_be_given_back_goes_one_a_second() {
        Holding underWay = connection("under way");
        Holding most = connection("most");
        Holding some = connection("some");
        underWay.underWay(3 * BUDGET);
        most.unread(500_000);
        some.unsent(400_000);

        memory.evictIfExhausted();
        memory.evictIfExhausted();
        assertThat(evicted).containsExactly("most");
        most.nothing();
        nanos.addAndGet(SECOND);
        memory.evictIfExhausted();
        assertThat(evicted).containsExactly("most", "some");
        some.nothing();
        nanos.addAndGet(SECOND);
        memory.evictIfExhausted();
        assertThat(evicted).hasSize(2);

        underWay.underWay(0);
        nanos.addAndGet(SECOND);
        connection("late").unread(BUDGET);
        memory.evictIfExhausted();
        assertThat(evicted).hasSize(2);
    }

    @Test
    void nothing_is_left_counted_when_all_are_gone() {
        Holding one = connection("one");
        one.unread(70_000);
        one.underWay(90_001);
        one.unsent(8_000);
        one.sent(8_000);
        one.underWay(3);
        one.nothing();
        one.sent(1);

        assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void back_pressure_is_told_at_its_begin_and_at_its_end() {
        try (LogLines lines = LogLines.of(ClientMemory.class)) {
            Holding busy = connection("busy");
            busy.underWay(BUDGET + Holding.GRAIN_BYTES);
            busy.underWay(BUDGET + 2 * Holding.GRAIN_BYTES);
            busy.underWay(BUDGET / 2 + Holding.GRAIN_BYTES);
            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .contains("back-pressure begins", "more than " + BUDGET + " B");
            busy.underWay(0);

            assertThat(lines.all()).hasSize(2).last().asString().contains("back-pressure ends");
        }
    }
}
