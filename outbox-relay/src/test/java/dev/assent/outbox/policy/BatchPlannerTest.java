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

    private static OutboxRecord record(long seq, String key, int failedAttempts) {
        EventAttributes event = EventAttributes.json(new UUID(0, seq), "/test", "Tested");
        OutboxMessage message = OutboxMessage.of("topic", key, event, Body.utf8("x".repeat(488)));
        return new OutboxRecord(seq, Instant.EPOCH, failedAttempts, message);
    }

    private static Batch plan(int records, long bytes, boolean alone, OutboxRecord... due) {
        return new BatchPlanner(new BatchLimits(records, bytes)).plan(List.of(due), alone);
    }

    @Test
    void nothing_due_is_an_empty_batch() {
        assertThat(plan(10, PLENTY_BYTES, false).isEmpty()).isTrue();
    }

    @Test
    void records_go_in_order_up_to_the_count() {
        Batch batch = plan(2, PLENTY_BYTES, false, record(1, "a", 0), record(2, "b", 0), record(3, "a", 0));

        assertThat(batch.seqs()).containsExactly(1L, 2L);
    }

    @Test
    void records_go_in_order_up_to_the_bytes() {
        Batch batch = plan(10, 2_000, false, record(1, "a", 0), record(2, "b", 0), record(3, "a", 0));

        assertThat(batch.seqs()).containsExactly(1L, 2L);
    }

    @Test
    void a_record_larger_than_the_budget_travels_alone() {
        Batch batch = plan(10, 10, false, record(1, "a", 0), record(2, "b", 0));

        assertThat(batch.seqs()).containsExactly(1L);
    }

    @Test
    void a_record_that_was_refused_travels_alone() {
        Batch batch = plan(10, PLENTY_BYTES, false, record(1, "a", 3), record(2, "b", 0));

        assertThat(batch.seqs()).containsExactly(1L);
    }

    @Test
    void nothing_overtakes_a_refused_record_of_its_key() {
        Batch batch = plan(
                10, PLENTY_BYTES, false, record(1, "b", 0), record(2, "a", 1), record(3, "a", 1), record(4, "b", 0));

        assertThat(batch.seqs()).containsExactly(1L, 4L);
    }

    @Test
    void an_isolated_batch_is_one_record() {
        Batch batch = plan(10, PLENTY_BYTES, true, record(1, "a", 0), record(2, "b", 0));

        assertThat(batch.seqs()).containsExactly(1L);
    }
}
