package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class BatchPlannerTest {
    private static final long PLENTY_BYTES = 1_000_000;
    private static final Screening FIT = record -> new Screening.Result.Fit();
    private static final Screening.Result UNFIT = new Screening.Result.Unfit("too large");
    private static final Screening.Result CLOSED = new Screening.Result.TopicClosed("missing");
    private static final Screening.Result UNKNOWN = new Screening.Result.TopicUnknown();

    private static OutboxRecord record(long seq, String key, int failedAttempts) {
        EventAttributes event = EventAttributes.json(new UUID(0, seq), "/test", "Tested");
        OutboxMessage message = OutboxMessage.of("topic", key, event, Body.utf8("x".repeat(488)));
        return new OutboxRecord(seq, Instant.EPOCH, failedAttempts, failedAttempts > 0, message);
    }

    private static Plan plan(
            int records, long bytes, Screening screening, BatchPlanner.Turn turn, OutboxRecord... due) {
        return new BatchPlanner(new BatchLimits(records, bytes)).plan(List.of(due), screening, records, turn);
    }

    private static Batch plan(int records, long bytes, OutboxRecord... due) {
        return plan(records, bytes, FIT, BatchPlanner.Turn.FRESH, due).batch();
    }

    private static Plan plan(Screening screening, OutboxRecord... due) {
        return plan(10, PLENTY_BYTES, screening, BatchPlanner.Turn.FRESH, due);
    }

    /** Everything is fit but these. */
    private static Screening except(Screening.Result result, Long... seqs) {
        return record -> List.of(seqs).contains(record.seq()) ? result : new Screening.Result.Fit();
    }

    private static List<Long> seqs(List<Plan.Stopped> stopped) {
        return stopped.stream().map(one -> one.record().seq()).toList();
    }

    @Test
    void nothing_due_is_an_empty_batch() {
        assertThat(plan(10, PLENTY_BYTES).isEmpty()).isTrue();
    }

    @Test
    void records_go_in_order_up_to_the_count() {
        Batch batch = plan(2, PLENTY_BYTES, record(1, "a", 0), record(2, "b", 0), record(3, "a", 0));

        assertThat(batch.seqs()).containsExactly(1L, 2L);
    }

    @Test
    void records_go_in_order_up_to_the_bytes() {
        Batch batch = plan(10, 2_000, record(1, "a", 0), record(2, "b", 0), record(3, "a", 0));

        assertThat(batch.seqs()).containsExactly(1L, 2L);
    }

    @Test
    void a_record_larger_than_the_budget_travels_alone() {
        Batch batch = plan(10, 10, record(1, "a", 0), record(2, "b", 0));

        assertThat(batch.seqs()).containsExactly(1L);
    }

    @Test
    void refused_and_fresh_records_take_turns_and_a_refused_one_travels_alone() {
        OutboxRecord[] due = {record(1, "a", 3), record(2, "b", 0), record(3, "c", 1), record(4, "d", 0)};

        assertThat(plan(10, PLENTY_BYTES, FIT, BatchPlanner.Turn.FRESH, due)
                        .batch()
                        .seqs())
                .containsExactly(2L, 4L);
        assertThat(plan(10, PLENTY_BYTES, FIT, BatchPlanner.Turn.RETRIED, due)
                        .batch()
                        .seqs())
                .containsExactly(1L);
        assertThat(plan(10, PLENTY_BYTES, record(1, "a", 3)).seqs()).containsExactly(1L);
    }

    @Test
    void nothing_overtakes_a_refused_record_of_its_key() {
        Batch batch =
                plan(10, PLENTY_BYTES, record(1, "b", 0), record(2, "a", 1), record(3, "a", 0), record(4, "b", 0));

        assertThat(batch.seqs()).containsExactly(1L, 4L);
    }

    @Test
    void fewer_records_travel_together_while_one_of_them_is_suspected() {
        Plan plan = new BatchPlanner(new BatchLimits(10, PLENTY_BYTES))
                .plan(List.of(record(1, "a", 0), record(2, "b", 0)), FIT, 1, BatchPlanner.Turn.FRESH);

        assertThat(plan.batch().seqs()).containsExactly(1L);
    }

    @Test
    void an_unfit_record_is_refused_beside_the_batch_and_its_key_stays() {
        Plan plan = plan(except(UNFIT, 2L), record(1, "a", 0), record(2, "b", 0), record(3, "b", 0), record(4, "c", 0));

        assertThat(plan.batch().seqs()).containsExactly(1L, 4L);
        assertThat(seqs(plan.unfit())).containsExactly(2L);
        assertThat(plan.held()).isEmpty();
    }

    @Test
    void records_of_a_closed_topic_are_held_beside_the_batch_and_their_keys_stay() {
        Plan plan = plan(
                except(CLOSED, 1L, 2L), record(1, "a", 0), record(2, "b", 0), record(3, "b", 0), record(4, "c", 0));

        assertThat(plan.batch().seqs()).containsExactly(4L);
        assertThat(seqs(plan.held())).containsExactly(1L, 2L);
    }

    @Test
    void what_cannot_go_is_not_stopped_before_the_sound_records_of_its_key_have_gone() {
        Plan unfit = plan(except(UNFIT, 2L), record(1, "a", 0), record(2, "a", 0), record(3, "a", 0));
        Plan closed = plan(except(CLOSED, 2L), record(1, "a", 0), record(2, "a", 0), record(3, "a", 0));

        assertThat(unfit.batch().seqs()).containsExactly(1L);
        assertThat(unfit.unfit()).isEmpty();
        assertThat(closed.batch().seqs()).containsExactly(1L);
        assertThat(closed.held()).isEmpty();
    }

    @Test
    void a_record_whose_topic_is_unknown_stays_with_its_key_and_stops_nobody() {
        Plan plan = plan(except(UNKNOWN, 1L), record(1, "a", 0), record(2, "a", 0), record(3, "b", 0));

        assertThat(plan.batch().seqs()).containsExactly(3L);
        assertThat(plan.unfit()).isEmpty();
        assertThat(plan.held()).isEmpty();
        assertThat(plan(except(UNKNOWN, 1L), record(1, "a", 0)).isEmpty()).isTrue();
    }

    @Test
    void a_full_batch_keeps_no_record_of_a_closed_topic_from_being_held() {
        Plan plan = plan(
                1,
                PLENTY_BYTES,
                except(CLOSED, 3L),
                BatchPlanner.Turn.FRESH,
                record(1, "a", 0),
                record(2, "b", 0),
                record(3, "c", 0));

        assertThat(plan.batch().seqs()).containsExactly(1L);
        assertThat(seqs(plan.held())).containsExactly(3L);
    }
}
