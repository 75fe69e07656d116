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
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys that wait for their topics: watched page by page, tried without anybody else moving them. */
@ExtendWith(Parts.class)
final class HeldKeysTest {
    private static final BatchLimits LIMITS = new BatchLimits(100, 1_000_000);
    private static final ShardId SHARD = new ShardId(0);
    private static final MessageKey KEY = new MessageKey("key");

    private final Outbox outbox = new Outbox();
    private final Postgres.Database database;
    private final JdbcOutboxStore store;
    private final OutboxOperations operations;
    private final ShardOutbox shard;

    HeldKeysTest(Postgres postgres) throws Exception {
        database = postgres.database();
        store = new JdbcOutboxStore(database.dataSource());
        operations = new OutboxOperations(database.dataSource());
        OutboxSchema.install(database.dataSource(), 1);
        shard = claim(5);
    }

    @AfterEach
    void close() throws Exception {
        shard.close();
    }

    private ShardOutbox claim(long epoch) throws Exception {
        return store.claim(new ShardLease(SHARD, new ShardEpoch(epoch))).orElseThrow();
    }

    private long append(String topic, String key) throws Exception {
        EventAttributes event = EventAttributes.json(UUID.randomUUID(), "/test", "Tested");
        return database.commit(
                connection -> outbox.append(connection, OutboxMessage.of(topic, key, event, Body.utf8("{}"))));
    }

    /** Puts every key aside, and what is behind it. */
    private void holdAll() throws Exception {
        for (List<OutboxRecord> due = due(); !due.isEmpty(); due = due()) {
            hold(due);
        }
    }

    private void hold(List<OutboxRecord> records) throws Exception {
        Map<MessageKey, Plan.Stopped> firsts = new TreeMap<>();
        records.forEach(record -> firsts.putIfAbsent(record.key(), new Plan.Stopped(record, "closed")));
        shard.hold(new ArrayList<>(firsts.values()));
    }

    private List<OutboxRecord> due() throws Exception {
        return shard.due(LIMITS).orElseThrow();
    }

    private List<OutboxRecord> toTry(String topic) throws Exception {
        return shard.toTry(topic, LIMITS).orElseThrow();
    }

    private static List<Long> seqs(List<OutboxRecord> records) {
        return records.stream().map(OutboxRecord::seq).toList();
    }

    @Test
    void what_waits_for_a_topic_is_tried_in_order_and_gone_once_it_is_acknowledged() throws Exception {
        List<Long> all = List.of(append("a", "key"), append("a", "other"), append("a", "key"));
        holdAll();
        List<OutboxRecord> tried = toTry("a");

        assertThat(seqs(tried)).isEqualTo(all);
        shard.acknowledge(new Batch(tried));
        assertThat(operations.parkedKeys()).isEmpty();
        assertThat(shard.held()).isEqualTo(Held.NOTHING);
    }

    @Test
    void what_is_behind_a_record_for_another_topic_is_not_tried_but_goes_on_afterwards() throws Exception {
        long first = append("a", "key");
        long elsewhere = append("b", "key");
        long last = append("a", "key");
        holdAll();
        List<OutboxRecord> tried = toTry("a");

        assertThat(seqs(tried)).containsExactly(first);
        shard.acknowledge(new Batch(tried));
        assertThat(seqs(due())).containsExactly(elsewhere, last);
    }

    @Test
    void nobody_moves_a_key_while_it_is_tried() throws Exception {
        append("a", "key");
        holdAll();
        List<OutboxRecord> tried = toTry("a");

        assertThat(shard.release("a", 10)).isZero();
        assertThat(operations.skip(KEY)).isFalse();
        assertThat(operations.retry(KEY)).isFalse();
        assertThat(toTry("a")).isEmpty();
        assertThat(due()).isEmpty();

        hold(tried);
        assertThat(shard.release("a", 10)).isEqualTo(1);
        assertThat(due()).hasSize(1);
    }

    @Test
    void what_an_older_owner_tried_waits_as_before_and_it_can_try_nothing_more() throws Exception {
        append("a", "key");
        append("a", "other");
        holdAll();
        assertThat(toTry("a")).hasSize(2);
        try (ShardOutbox newer = claim(6)) {
            assertThat(shard.toTry("a", LIMITS)).isEmpty();
            assertThat(newer.release("a", 10)).isEqualTo(2);
        }
    }

    @Test
    void a_trial_is_bounded_in_records_and_in_bytes() throws Exception {
        for (int i = 0; i < 5; i++) {
            append("a", "key-" + i);
        }
        holdAll();

        assertThat(shard.toTry("a", new BatchLimits(2, 1_000_000)).orElseThrow())
                .hasSize(2);
        assertThat(shard.toTry("a", new BatchLimits(100, 10)).orElseThrow()).hasSize(1);
        assertThat(toTry("a")).hasSize(2);
    }

    @Test
    void held_topics_are_listed_page_by_page_and_counted() throws Exception {
        for (String topic : List.of("d", "a", "c", "b")) {
            append(topic, "1 of " + topic);
            append(topic, "2 of " + topic);
            append(topic, "2 of " + topic);
        }
        holdAll();

        assertThat(shard.heldTopics("", 3)).containsExactly("a", "b", "c");
        assertThat(shard.heldTopics("c", 3)).containsExactly("d");
        assertThat(shard.heldTopics("d", 3)).isEmpty();
        assertThat(shard.held()).isEqualTo(new Held(4, 8, 12));
        operations.skip(new MessageKey("1 of a"));
        assertThat(shard.held()).isEqualTo(new Held(4, 7, 11));
    }
}
