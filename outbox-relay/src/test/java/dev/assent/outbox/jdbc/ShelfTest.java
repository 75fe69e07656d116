package dev.assent.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What waits behind a parked key is out of the way. */
@ExtendWith(Parts.class)
final class ShelfTest {
    private static final BatchLimits LIMITS = new BatchLimits(500, 4_000_000);
    private static final ShardLease LEASE = new ShardLease(new ShardId(0), new ShardEpoch(1));
    private static final int BEHIND = 40_000;
    private static final int POLLS = 50;
    /** For each poll, and each row: a few, whatever waits. */
    private static final int FEW = 20;

    private final Postgres.Database database;
    private final JdbcOutboxStore store;

    ShelfTest(Postgres postgres) throws Exception {
        database = postgres.database();
        store = new JdbcOutboxStore(database.dataSource());
    }

    @BeforeEach
    void install() throws Exception {
        OutboxSchema.install(database.dataSource(), 1);
    }

    private void append(String key, int count) throws Exception {
        database.execute(
                "SELECT assent_outbox_append('topic', '" + key + "', gen_random_uuid(), '/test', 'Tested', NULL,"
                        + " 'text/plain', NULL, NULL, '\\x01') FROM generate_series(1, " + count + ")");
    }

    private long rowsRead() throws Exception {
        return database.number("SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
                + " FROM pg_stat_user_tables WHERE relname = 'assent_outbox'");
    }

    /** A connection's counts are in when it has left. */
    private boolean isCounted() throws Exception {
        return database.number("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")
                == 0;
    }

    @Test
    void an_idle_poll_reads_nothing_of_what_waits_behind_a_stopped_key() throws Exception {
        append("bad", BEHIND);
        try (ShardOutbox shard = store.claim(LEASE).orElseThrow()) {
            OutboxRecord refused = shard.due(LIMITS).orElseThrow().get(0);
            shard.park(refused, 10, Optional.empty(), "refused");
            Await.until(
                    "all are out of the way",
                    () -> shard.due(LIMITS).orElseThrow().isEmpty()
                            && database.number("SELECT count(*) FROM assent_outbox WHERE shard = 0") == 0);
        }
        Await.until("the counts are in", this::isCounted);
        assertThat(rowsRead()).as("to put them out of the way").isBetween((long) BEHIND, (long) FEW * BEHIND);
        database.execute("SELECT pg_stat_reset()");

        try (ShardOutbox shard = store.claim(LEASE).orElseThrow()) {
            for (int i = 0; i < POLLS; i++) {
                assertThat(shard.due(LIMITS).orElseThrow()).isEmpty();
            }
        }
        Await.until("the counts are in", this::isCounted);

        assertThat(database.number(
                        "SELECT idx_scan + seq_scan FROM pg_stat_user_tables" + " WHERE relname = 'assent_outbox'"))
                .as("looks at it")
                .isGreaterThanOrEqualTo(POLLS);
        assertThat(rowsRead()).isLessThan(FEW * POLLS);
    }
}
