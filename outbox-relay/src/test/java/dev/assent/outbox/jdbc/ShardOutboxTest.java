package dev.assent.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class ShardOutboxTest {
    private static final BatchLimits LIMITS = new BatchLimits(100, 1_000_000);
    private static final ShardId SHARD = new ShardId(0);

    private final Outbox outbox = new Outbox();
    private final Postgres.Database database;
    private final JdbcOutboxStore store;
    private final OutboxOperations operations;
    private final ShardOutbox shard;

    ShardOutboxTest(Postgres postgres) throws Exception {
        database = postgres.database();
        store = new JdbcOutboxStore(database.dataSource());
        operations = new OutboxOperations(database.dataSource());
        OutboxSchema.install(database.dataSource(), 1);
        shard = claim(5);
    }

    @BeforeEach
    void the_shard_is_empty() throws Exception {
        assertThat(due()).isEmpty();
    }

    @AfterEach
    void close() throws Exception {
        shard.close();
    }

    private ShardOutbox claim(long epoch) throws Exception {
        return store.claim(new ShardLease(SHARD, new ShardEpoch(epoch))).orElseThrow();
    }

    private static OutboxMessage message(String key, String body) {
        EventAttributes event = EventAttributes.json(UUID.randomUUID(), "/test", "Tested")
                .withSubject("the subject")
                .withTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        return OutboxMessage.of("topic", key, event, Body.utf8(body));
    }

    private long append(String key, String body) throws Exception {
        return database.commit(connection -> outbox.append(connection, message(key, body)));
    }

    private List<OutboxRecord> due() throws Exception {
        return shard.due(LIMITS).orElseThrow();
    }

    private List<Long> dueSeqs() throws Exception {
        return due().stream().map(OutboxRecord::seq).toList();
    }

    @Test
    void a_message_comes_back_as_it_was_appended() throws Exception {
        OutboxMessage message =
                message("key", "body").withHeader("tenant", "a \"b\" {c}, ü").withHeader("empty", "");
        database.commit(connection -> outbox.append(connection, message));

        assertThat(due()).singleElement().satisfies(record -> {
            assertThat(record.message()).isEqualTo(message);
            assertThat(record.failedAttempts()).isZero();
        });
    }

    @Test
    void a_lower_record_that_commits_later_is_found() throws Exception {
        try (Connection slow = database.dataSource().getConnection()) {
            slow.setAutoCommit(false);
            long lower = outbox.append(slow, message("slow", "1"));
            long higher = append("fast", "2");
            shard.acknowledge(new Batch(due()));

            slow.commit();

            assertThat(lower).isLessThan(higher);
            assertThat(dueSeqs()).containsExactly(lower);
        }
    }

    @Test
    void a_read_is_bounded_in_records_and_in_bytes() throws Exception {
        append("a", "x".repeat(1000));
        append("b", "x".repeat(1000));
        append("c", "x".repeat(1000));

        assertThat(shard.due(new BatchLimits(2, 1_000_000)).orElseThrow()).hasSize(2);
        assertThat(shard.due(new BatchLimits(100, 3_100)).orElseThrow()).hasSize(2);
        assertThat(shard.due(new BatchLimits(100, 10)).orElseThrow()).hasSize(1);
    }

    @Test
    void acknowledged_records_are_gone() throws Exception {
        append("a", "1");
        Batch batch = new Batch(due());
        long later = append("a", "2");

        assertThat(shard.acknowledge(batch)).isEqualTo(Ownership.KEPT);
        assertThat(dueSeqs()).containsExactly(later);
    }

    @Test
    void an_older_owner_can_neither_read_nor_change_anything() throws Exception {
        append("a", "1");
        OutboxRecord record = due().get(0);
        try (ShardOutbox newer = claim(6)) {
            assertThat(shard.due(LIMITS)).isEmpty();
            assertThat(shard.acknowledge(new Batch(List.of(record)))).isEqualTo(Ownership.LOST);
            assertThat(shard.park(record, 1, Optional.of(Duration.ofHours(1)), "x"))
                    .isEqualTo(Ownership.LOST);
            assertThat(shard.deadLetter(record, 1, "x")).isEqualTo(Ownership.LOST);

            assertThat(newer.due(LIMITS).orElseThrow()).containsExactly(record);
        }
        assertThat(store.claim(new ShardLease(SHARD, new ShardEpoch(5)))).isEmpty();
        assertThat(store.epochOf(SHARD)).isEqualTo(new ShardEpoch(6));
        assertThat(operations.parkedKeys()).isEmpty();
        assertThat(operations.deadLetters()).isEmpty();
    }

    @Test
    void a_parked_key_waits_with_all_its_records_and_no_other_key() throws Exception {
        append("bad", "1");
        append("bad", "2");
        long good = append("good", "3");
        OutboxRecord refused = due().get(0);

        shard.park(refused, 1, Optional.of(Duration.ofHours(1)), "too large");

        assertThat(dueSeqs()).containsExactly(good);
        assertThat(operations.parkedKeys()).singleElement().satisfies(parked -> {
            assertThat(parked.key()).isEqualTo(new MessageKey("bad"));
            assertThat(parked.seq()).isEqualTo(refused.seq());
            assertThat(parked.reason()).isEqualTo("too large");
            assertThat(parked.state()).isEqualTo(OutboxOperations.ParkedState.RETRYING);
        });
        assertThat(operations.skip(new MessageKey("bad"))).isFalse();
    }

    @Test
    void a_parked_key_is_due_again_after_its_wait_and_free_once_it_is_acknowledged() throws Exception {
        append("bad", "1");
        OutboxRecord refused = due().get(0);
        shard.park(refused, 4, Optional.of(Duration.ZERO), "too large");

        List<OutboxRecord> again = due();
        assertThat(again).singleElement().satisfies(record -> assertThat(record.failedAttempts())
                .isEqualTo(4));
        shard.acknowledge(new Batch(again));

        assertThat(operations.parkedKeys()).isEmpty();
        assertThat(due()).isEmpty();
    }

    @Test
    void an_operator_retries_or_skips_a_stopped_key_and_replays_the_dead_letter() throws Exception {
        long first = append("bad", "1");
        long second = append("bad", "2");
        shard.park(due().get(0), 10, Optional.empty(), "too large");
        assertThat(due()).isEmpty();

        assertThat(operations.retry(new MessageKey("bad"))).isTrue();
        assertThat(dueSeqs()).containsExactly(first);
        shard.park(due().get(0), 10, Optional.empty(), "too large");

        assertThat(operations.skip(new MessageKey("bad"))).isTrue();
        assertThat(dueSeqs()).containsExactly(second);
        assertThat(operations.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.seq()).isEqualTo(first);
            assertThat(letter.reason()).isEqualTo("too large");
        });

        Optional<Long> replayed = operations.replay(first);
        assertThat(replayed).isPresent();
        assertThat(operations.replay(first)).isEmpty();
        assertThat(dueSeqs()).containsExactly(second);
        shard.acknowledge(new Batch(due()));
        assertThat(dueSeqs()).containsExactly(replayed.get());
    }

    @Test
    void a_dead_letter_frees_its_key() throws Exception {
        append("bad", "1");
        long second = append("bad", "2");
        OutboxRecord refused = due().get(0);
        shard.park(refused, 1, Optional.of(Duration.ofHours(1)), "too large");

        assertThat(shard.deadLetter(refused, 2, "too large")).isEqualTo(Ownership.KEPT);

        assertThat(dueSeqs()).containsExactly(second);
        assertThat(operations.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.message()).isEqualTo(refused.message());
            assertThat(letter.failures()).isEqualTo(2);
        });
    }
}
