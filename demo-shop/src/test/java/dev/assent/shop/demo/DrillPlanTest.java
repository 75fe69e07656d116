package dev.assent.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.shop.demo.parts.KillTarget;
import org.junit.jupiter.api.Test;

class DrillPlanTest {

    @Test
    void a_seed_draws_the_same_moments_each_time() {
        assertThat(DrillPlan.draw(7, 300)).isEqualTo(DrillPlan.draw(7, 300));
        assertThat(DrillPlan.draw(7, 300)).isNotEqualTo(DrillPlan.draw(8, 300));
    }

    @Test
    void the_fault_comes_in_the_middle_of_the_run() {
        for (long seed = 0; seed < 1_000; seed++) {
            assertThat(DrillPlan.draw(seed, 300).killAfterCheckouts()).isBetween(75, 199);
        }
    }

    @Test
    void every_victim_of_the_help_text_can_be_named() {
        assertThat(KillTarget.parse("none")).isEqualTo(new KillTarget.None());
        assertThat(KillTarget.parse("leader")).isEqualTo(new KillTarget.Leader());
        assertThat(KillTarget.parse("follower")).isEqualTo(new KillTarget.Follower());
        assertThat(KillTarget.parse("relay")).isEqualTo(new KillTarget.Relay());
        assertThat(KillTarget.parse("service:payment")).isEqualTo(new KillTarget.Service("payment"));
    }

    @Test
    void an_unknown_victim_is_refused_with_the_choices() {
        assertThatThrownBy(() -> KillTarget.parse("service:moon"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("service:moon")
                .hasMessageContaining("service:payment");
    }
}
