package dev.assent.coordination.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class BurstLogTest {
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final BurstLog burst = new BurstLog("clients were refused", later::add, told::add);

    @Test
    void the_first_is_told_at_once_and_the_rest_in_one_line() {
        for (int i = 1; i <= 1_000; i++) {
            assertThat(burst.happened("client " + i)).isEqualTo(i == 1);
        }
        assertThat(told).containsExactly("client 1");

        later.remove().run();

        assertThat(told)
                .containsExactly("client 1", "999 more clients were refused within 10 s; the last one: client 1000");
    }

    @Test
    void after_a_quiet_while_it_is_told_at_once_again() {
        boolean first = burst.happened("client 1");
        later.remove().run();
        boolean second = burst.happened("client 2");

        assertThat(first && second).isTrue();
        assertThat(told).containsExactly("client 1", "client 2");
        assertThat(later).hasSize(1);
    }
}
