package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class IsolationTest {
    private final Isolation isolation = new Isolation(500);

    @Test
    void one_guilty_record_is_alone_after_a_logarithm_of_tries() {
        int tries = 0;
        while (isolation.together() > 1) {
            isolation.narrow(isolation.together() / 2);
            tries++;
        }

        assertThat(tries).isEqualTo(8);
    }

    @Test
    void batches_grow_again_with_success_up_to_what_they_were() {
        isolation.narrow(1);
        isolation.published();
        assertThat(isolation.together()).isEqualTo(2);
        for (int i = 0; i < 20; i++) {
            isolation.published();
        }

        assertThat(isolation.together()).isEqualTo(500);
    }

    @Test
    void at_least_one_record_travels() {
        isolation.narrow(0);

        assertThat(isolation.together()).isEqualTo(1);
    }
}
