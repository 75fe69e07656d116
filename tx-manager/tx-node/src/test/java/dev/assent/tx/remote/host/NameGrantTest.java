package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.remote.AgentId;
import org.junit.jupiter.api.Test;

class NameGrantTest {
    private final NameGrant grant = new NameGrant(7, new AgentId(1, 2));

    @Test
    void each_number_is_used_once_in_whatever_order() {
        assertThat(grant.use(5)).isTrue();
        assertThat(grant.use(3)).isTrue();
        assertThat(grant.use(5)).isFalse();
        assertThat(grant.use(3)).isFalse();
        assertThat(grant.use(4)).isTrue();
    }

    @Test
    void what_is_too_old_to_be_remembered_counts_as_used() {
        assertThat(grant.use(0)).isTrue();
        assertThat(grant.use(NameGrant.REMEMBERED + 1)).isTrue();

        assertThat(grant.use(0)).isFalse();
        assertThat(grant.use(1)).isFalse();
        assertThat(grant.use(2)).isTrue();
    }

    @Test
    void a_place_that_is_taken_again_does_not_count_as_used() {
        for (int number = 0; number < 3 * NameGrant.REMEMBERED; number++) {
            assertThat(grant.use(number)).isTrue();
        }
        assertThat(grant.use(3 * NameGrant.REMEMBERED - 1)).isFalse();
    }

    @Test
    void numbers_beyond_the_signed_range_go_on() {
        assertThat(grant.use(Integer.MAX_VALUE)).isTrue();
        assertThat(grant.use(Integer.MIN_VALUE)).isTrue();
        assertThat(grant.use(Integer.MIN_VALUE)).isFalse();
        assertThat(grant.use(Integer.MAX_VALUE)).isFalse();
    }
}
