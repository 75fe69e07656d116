package dev.assent.tx.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SuspicionTest {
    private static final String OTHER = "other";
    private final Suspicion suspicion = new Suspicion(new Suspicion.Limits(1_000, 200));
    private long now = 5_000_000;

    @BeforeEach
    void know() {
        suspicion.step(new PeerInput.Known(new TreeSet<>(List.of(OTHER))));
        tick(0);
    }

    private boolean heard() {
        return suspicion.step(new PeerInput.Heard(OTHER));
    }

    private boolean closed() {
        return suspicion.step(new PeerInput.LinkClosed(OTHER));
    }

    private boolean refused() {
        return suspicion.step(new PeerInput.Refused(OTHER));
    }

    private boolean tick(long millis) {
        now += millis;
        return suspicion.step(new PeerInput.Ticked(now));
    }

    private boolean ticks(int count) {
        boolean changed = false;
        for (int tick = 0; tick < count; tick++) {
            changed |= tick(100);
        }
        return changed;
    }

    @Test
    void who_is_killed_is_suspected_as_soon_as_nobody_listens_there() {
        heard();
        assertThat(closed()).isFalse();

        assertThat(refused()).isTrue();
        assertThat(suspicion.suspected()).containsExactly(OTHER);
    }

    @Test
    void a_broken_link_that_is_made_again_is_nothing() {
        heard();
        closed();
        heard();

        assertThat(closed()).isFalse();
        assertThat(suspicion.suspected()).isEmpty();
    }

    @Test
    void who_is_frozen_is_suspected_after_its_silence_and_trusted_as_soon_as_it_is_heard() {
        heard();
        assertThat(ticks(9)).isFalse();

        assertThat(ticks(1)).isTrue();
        assertThat(suspicion.suspected()).containsExactly(OTHER);
        assertThat(heard()).isTrue();
        assertThat(suspicion.suspected()).isEmpty();
    }

    @Test
    void the_time_in_which_this_node_was_frozen_itself_counts_against_nobody() {
        heard();
        assertThat(tick(60_000)).isFalse();
        assertThat(ticks(7)).isFalse();

        assertThat(ticks(1)).isTrue();
    }

    @Test
    void a_clock_that_goes_back_counts_against_nobody() {
        heard();

        assertThat(tick(-60_000)).isFalse();
        assertThat(ticks(9)).isFalse();
    }

    @Test
    void who_was_never_heard_has_three_times_as_long_and_may_refuse_meanwhile() {
        refused();
        closed();
        assertThat(ticks(29)).isFalse();

        assertThat(ticks(1)).isTrue();
    }

    @Test
    void who_has_left_is_not_suspected_any_more() {
        heard();
        closed();
        refused();

        assertThat(suspicion.step(new PeerInput.Known(new TreeSet<>()))).isTrue();
        assertThat(suspicion.suspected()).isEmpty();
        assertThat(heard()).isFalse();
    }

    /** Suspected for its silence, and heard a moment later. */
    private void late(int silentTicks) {
        assertThat(ticks(silentTicks - 1)).isFalse();
        assertThat(ticks(1)).isTrue();
        assertThat(heard()).isTrue();
    }

    @Test
    void of_who_is_late_again_and_again_longer_silence_is_borne() {
        heard();
        late(10);
        late(10);
        late(10);

        late(20);
        late(20);
        late(20);

        late(40);
        late(40);
    }

    @Test
    void who_is_punctual_for_a_while_is_suspected_as_soon_as_any_other() {
        heard();
        late(10);
        late(10);
        late(10);
        for (long millis = 0; millis < Suspicion.PUNCTUAL_AGAIN_MILLIS; millis += 500) {
            assertThat(ticks(5)).isFalse();
            heard();
        }

        late(10);
    }

    @Test
    void who_was_silent_for_long_was_dead_or_frozen_and_not_late() {
        heard();
        for (int freeze = 0; freeze < 5; freeze++) {
            assertThat(ticks(9)).isFalse();
            assertThat(ticks(1)).isTrue();
            assertThat(ticks(20)).isFalse();
            assertThat(heard()).isTrue();
        }
    }
}
