package dev.assent.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.policy.KeyHash;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.sql.Connection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class OutboxAppendTest {
    private static final int SHARDS = 7;

    private final Outbox outbox = new Outbox();
    private final Postgres.Database database;

    OutboxAppendTest(Postgres postgres) throws Exception {
        database = postgres.database();
    }

    @BeforeEach
    void install() throws Exception {
        OutboxSchema.install(database.dataSource(), SHARDS);
    }

    private static OutboxMessage message(String key, String body) {
        EventAttributes event = EventAttributes.json(UUID.randomUUID(), "/test", "Tested");
        return OutboxMessage.of("topic", key, event, Body.utf8(body));
    }

    private record TestXid(int number) implements Xid {
        @Override
        public int getFormatId() {
            return 4711;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {(byte) number};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    @Test
    void a_message_exists_exactly_when_its_transaction_commits() throws Exception {
        database.commit(connection -> outbox.append(connection, message("a", "kept")));
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            outbox.append(connection, message("a", "dropped"));
            connection.rollback();
        }

        assertThat(database.number("SELECT count(*) FROM assent_outbox")).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM assent_outbox WHERE payload = 'kept'"))
                .isEqualTo(1);
    }

    @Test
    void the_database_and_java_agree_on_the_shard_of_a_key() throws Exception {
        for (int i = 0; i < 50; i++) {
            String key = "ключ-" + i;
            long seq = database.commit(connection -> outbox.append(connection, message(key, "x")));

            long shard = database.number("SELECT shard FROM assent_outbox WHERE seq = " + seq);

            assertThat(shard)
                    .isEqualTo(KeyHash.shardOf(new MessageKey(key), SHARDS).number());
        }
    }

    @Test
    void a_second_writer_of_a_key_waits_for_the_first_and_gets_the_higher_number() throws Exception {
        try (Connection first = database.dataSource().getConnection()) {
            first.setAutoCommit(false);
            long firstSeq = outbox.append(first, message("same", "1"));
            CompletableFuture<Long> second = CompletableFuture.supplyAsync(() -> appendAndCommit("same"));
            Await.until("the second writer waits", () -> waitingForLocks() == 1);
            long other = database.commit(connection -> outbox.append(connection, message("other", "3")));

            assertThat(second).isNotDone();
            first.commit();

            assertThat(second.get()).isGreaterThan(firstSeq).isGreaterThan(other);
        }
    }

    @Test
    void a_prepared_transaction_keeps_its_key_until_it_is_committed() throws Exception {
        XAConnection xa = database.xaDataSource().getXAConnection();
        try {
            Connection connection = xa.getConnection();
            XAResource resource = xa.getXAResource();
            resource.start(new TestXid(1), XAResource.TMNOFLAGS);
            long preparedSeq = outbox.append(connection, message("same", "prepared"));
            resource.end(new TestXid(1), XAResource.TMSUCCESS);
            int vote = resource.prepare(new TestXid(1));
            CompletableFuture<Long> second = CompletableFuture.supplyAsync(() -> appendAndCommit("same"));
            Await.until("the second writer waits", () -> waitingForLocks() == 1);

            assertThat(vote).isEqualTo(XAResource.XA_OK);
            assertThat(second).isNotDone();
            assertThat(database.number("SELECT count(*) FROM assent_outbox")).isZero();
            resource.commit(new TestXid(1), false);

            assertThat(second.get()).isGreaterThan(preparedSeq);
            assertThat(database.number("SELECT count(*) FROM assent_outbox")).isEqualTo(2);
        } finally {
            xa.close();
        }
    }

    @Test
    void a_message_outside_a_transaction_is_refused() throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            assertThatThrownBy(() -> outbox.append(connection, message("a", "x")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begin a transaction first");
        }
    }

    @Test
    void another_number_of_shards_than_the_installed_one_is_refused() {
        assertThatThrownBy(() -> OutboxSchema.install(database.dataSource(), SHARDS + 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the outbox has 7 shards, not 8");
    }

    private long appendAndCommit(String key) {
        try {
            return database.commit(connection -> outbox.append(connection, message(key, "2")));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private long waitingForLocks() throws Exception {
        return database.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }
}
