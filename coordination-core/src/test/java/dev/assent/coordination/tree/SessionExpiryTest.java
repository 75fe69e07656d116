package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionExpiryTest {
    private static final int TICK = 100;
    private static final SessionId ONE = new SessionId(1);
    private static final SessionId TWO = new SessionId(2);

    private final SessionExpiry expiry = new SessionExpiry(TICK);

    private List<SessionId> expired(long nowMillis) {
        return expiry.expired(nowMillis, Integer.MAX_VALUE).stream()
                .map(SessionExpiry.Expired::session)
                .toList();
    }

    @Test
    void a_silent_session_expires_after_its_timeout_and_within_two_ticks_of_it() {
        Random random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            long start = random.nextInt(10_000);
            int timeout = 200 + random.nextInt(2_000);
            expiry.track(ONE, timeout, start);

            assertThat(expired(start + timeout)).isEmpty();
            assertThat(expired(start + timeout + 2 * TICK)).containsExactly(ONE);
        }
    }

    @Test
    void a_touched_session_lives_on_and_an_expired_one_cannot_be_touched() {
        expiry.track(ONE, 300, 0);
        expiry.track(TWO, 300, 0);
        for (long now = 0; now <= 1_000; now += 50) {
            assertThat(expiry.touch(ONE, now)).isTrue();
            assertThat(expired(now)).doesNotContain(ONE);
        }
        assertThat(expiry.touch(TWO, 1_000)).isFalse();
        assertThat(expired(2_000)).containsExactly(ONE);
        assertThat(expiry.size()).isZero();
    }

    @Test
    void a_closed_session_does_not_expire() {
        expiry.track(ONE, 300, 0);

        expiry.forget(ONE);

        assertThat(expiry.size()).isZero();
        assertThat(expired(10_000)).isEmpty();
    }

    @Test
    void many_that_expire_together_are_told_in_portions_and_each_once() {
        Set<SessionId> tracked = new HashSet<>();
        for (int i = 1; i <= 1_000; i++) {
            SessionId session = new SessionId(i);
            expiry.track(session, 300, 0);
            tracked.add(session);
        }
        Set<SessionId> told = new HashSet<>();
        List<SessionExpiry.Expired> portion = expiry.expired(400, 300);
        for (; !portion.isEmpty(); portion = expiry.expired(400, 300)) {
            assertThat(portion).hasSizeLessThanOrEqualTo(300).allMatch(one -> told.add(one.session()));
        }

        assertThat(told).isEqualTo(tracked);
        assertThat(expiry.size()).isZero();
    }

    @Test
    void one_that_is_reprieved_expires_at_the_next_tick_unless_it_is_touched() {
        expiry.track(ONE, 300, 0);
        expiry.track(TWO, 300, 0);
        expiry.expired(400, 2).forEach(expired -> expiry.reprieve(expired, 400));
        expiry.touch(TWO, 410);

        assertThat(expired(499)).isEmpty();
        assertThat(expired(500)).containsExactly(ONE);
        assertThat(expired(1_000)).containsExactly(TWO);
    }

    @Test
    void ids_name_their_server_and_never_repeat_from_one_epoch_to_the_next() {
        Set<SessionId> seen = new HashSet<>();
        for (int server : new int[] {0, 1, 128, 255}) {
            for (int epoch = 0; epoch < 4; epoch++) {
                SessionIds ids = new SessionIds(new ServerId(server), new Epoch(epoch));
                for (int i = 0; i < 1_000; i++) {
                    SessionId id = ids.next();
                    assertThat(id.value() >>> 56).isEqualTo(server);
                    assertThat(seen.add(id)).isTrue();
                }
            }
        }
    }
}
