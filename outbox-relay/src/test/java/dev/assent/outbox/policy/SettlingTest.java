package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SettlingTest {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMillis(250);

    private static OutboxRecord record(long seq, int failedAttempts) {
        EventAttributes event = EventAttributes.json(new UUID(0, seq), "/test", "Tested");
        return new OutboxRecord(
                seq,
                Instant.EPOCH,
                failedAttempts,
                failedAttempts > 0,
                OutboxMessage.of("topic", "key" + seq, event, Body.utf8("x")));
    }

    private static Settling settling(Exhausted exhausted) {
        return new Settling(new RetryPolicy(FIRST, LONGEST, 3, exhausted));
    }

    @Test
    void a_published_batch_is_acknowledged_whole() {
        Batch batch = new Batch(List.of(record(1, 0), record(2, 0)));

        Settlement settlement = settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Published());

        assertThat(settlement).isEqualTo(new Settlement.Acknowledge(batch));
    }

    @Test
    void a_refused_record_is_parked_with_growing_pauses() {
        OutboxRecord fresh = record(1, 0);
        OutboxRecord again = record(2, 1);
        Batch batch = new Batch(List.of(fresh, again));

        Settlement first = settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Rejected(List.of(1L), "big"));
        Settlement second = settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Rejected(List.of(2L), "big"));

        assertThat(first).isEqualTo(new Settlement.Park(fresh, 1, FIRST, "big"));
        assertThat(second).isEqualTo(new Settlement.Park(again, 2, FIRST.multipliedBy(2), "big"));
    }

    @Test
    void the_last_refusal_does_what_the_policy_says() {
        OutboxRecord worn = record(1, 2);
        Batch batch = new Batch(List.of(worn));
        PublishOutcome refused = new PublishOutcome.Rejected(List.of(1L), "big");

        assertThat(settling(Exhausted.STOP_KEY).settle(batch, refused))
                .isEqualTo(new Settlement.StopKey(worn, 3, "big"));
        assertThat(settling(Exhausted.DEAD_LETTER).settle(batch, refused))
                .isEqualTo(new Settlement.DeadLetter(worn, 3, "big"));
    }

    @Test
    void a_key_does_not_stop_before_its_sound_records_have_gone() {
        OutboxRecord sound =
                new OutboxRecord(1, Instant.EPOCH, 0, false, record(2, 0).message());
        OutboxRecord worn = record(2, 2);
        Batch batch = new Batch(List.of(sound, worn));

        Settlement settlement =
                settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Rejected(List.of(2L), "big"));

        assertThat(settlement).isEqualTo(new Settlement.Isolate(1));
    }

    @Test
    void a_refusal_that_could_be_anybodys_halves_the_batch() {
        Batch batch = new Batch(List.of(record(1, 0), record(2, 0), record(3, 0)));

        Settlement settlement =
                settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Rejected(List.of(1L, 3L), "one is bad"));

        assertThat(settlement).isEqualTo(new Settlement.Isolate(1));
    }

    @Test
    void a_silent_broker_is_waited_for_and_a_newer_owner_obeyed() {
        Batch batch = new Batch(List.of(record(1, 0)));

        assertThat(settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Unavailable("down")))
                .isEqualTo(new Settlement.BackOff("down"));
        assertThat(settling(Exhausted.STOP_KEY)
                        .settle(batch, new PublishOutcome.TopicsClosed(new TreeSet<>(Set.of("topic")), "gone")))
                .isEqualTo(new Settlement.ScreenAgain("gone"));
        assertThat(settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Fenced("newer")))
                .isEqualTo(new Settlement.ClaimAgain("newer"));
    }

    @Test
    void a_record_outside_the_batch_cannot_be_blamed() {
        Batch batch = new Batch(List.of(record(1, 0)));

        assertThatThrownBy(() ->
                        settling(Exhausted.STOP_KEY).settle(batch, new PublishOutcome.Rejected(List.of(9L), "who?")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("blames record 9");
    }

    @Test
    void pauses_double_up_to_the_longest_and_polls_slow_down_when_idle() {
        RetryPolicy retry = new RetryPolicy(FIRST, LONGEST, 3, Exhausted.STOP_KEY);
        PollPacing pacing = new PollPacing(Duration.ofMillis(20), Duration.ofMillis(100));

        assertThat(retry.wait(1)).isEqualTo(FIRST);
        assertThat(retry.wait(3)).isEqualTo(LONGEST);
        assertThat(retry.wait(Integer.MAX_VALUE)).isEqualTo(LONGEST);
        assertThat(pacing.wait(0)).isZero();
        assertThat(pacing.wait(1)).isEqualTo(Duration.ofMillis(20));
        assertThat(pacing.wait(2)).isEqualTo(Duration.ofMillis(40));
        assertThat(pacing.wait(1_000)).isEqualTo(Duration.ofMillis(100));
    }
}
