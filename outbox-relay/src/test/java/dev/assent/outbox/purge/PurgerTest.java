package dev.assent.outbox.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class PurgerTest {
    private static final int OLD = 1_000;

    private final Postgres.Database database;

    PurgerTest(Postgres postgres) throws Exception {
        database = postgres.database();
    }

    @BeforeEach
    void old_and_young_rows() throws Exception {
        Ddl.INBOX.install(database.dataSource());
        database.execute("INSERT INTO assent_inbox SELECT 'old', '/test', n::text, now() - interval '31 days'"
                + " FROM generate_series(1, " + OLD + ") n");
        database.execute("INSERT INTO assent_inbox SELECT 'young', '/test', n::text, now() - interval '29 days'"
                + " FROM generate_series(1, 10) n");
        database.execute("INSERT INTO assent_request (requester, token, fingerprint, asked_at) VALUES"
                + " ('a', 'old', '', now() - interval '8 days'), ('a', 'young', '', now() - interval '6 days')");
        database.execute("INSERT INTO assent_token VALUES (gen_random_uuid(), 'old', now() - interval '1 second'),"
                + " (gen_random_uuid(), 'young', now() + interval '1 hour')");
    }

    private long old() throws SQLException {
        return database.number("SELECT (SELECT count(*) FROM assent_inbox WHERE consumer = 'old')"
                + " + (SELECT count(*) FROM assent_request WHERE token = 'old')"
                + " + (SELECT count(*) FROM assent_token WHERE purpose = 'old')");
    }

    private long young() throws SQLException {
        return database.number("SELECT (SELECT count(*) FROM assent_inbox WHERE consumer = 'young')"
                + " + (SELECT count(*) FROM assent_request WHERE token = 'young')"
                + " + (SELECT count(*) FROM assent_token WHERE purpose = 'young')");
    }

    private Purger start(Duration every, int batchRows, int batchesMax) {
        PurgeSettings standard = PurgeSettings.standard();
        Purger purger = new Purger(
                database.dataSource(),
                new PurgeSettings(
                        standard.replayWindow(),
                        false,
                        standard.inbox(),
                        standard.requests(),
                        every,
                        batchRows,
                        batchesMax));
        purger.start();
        return purger;
    }

    @Test
    void what_is_old_is_forgotten_by_itself_and_what_may_come_again_is_kept() throws Exception {
        Purger purger = new Purger(database.dataSource(), PurgeSettings.standard());
        purger.start();
        try (purger) {
            Await.until("the old ones are gone, and counted", () -> old() == 0 && purger.rows() == OLD + 2);
        }
        assertThat(young()).isEqualTo(12);
    }

    @Test
    void a_run_takes_no_more_than_its_batches_and_the_next_goes_on() throws Exception {
        try (Purger purger = start(Duration.ofHours(1), 100, 3)) {
            Await.until("the first run is over", () -> purger.rows() == 302);
            assertThat(old()).isEqualTo(OLD - 300);
        }
        try (Purger purger = start(Duration.ofMillis(5), 100, 3)) {
            Await.until("the other runs are over, and counted", () -> old() == 0 && purger.rows() == OLD - 300);
        }
    }

    @Test
    void a_row_that_somebody_holds_holds_up_nothing() throws Exception {
        try (Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT 1 FROM assent_inbox WHERE consumer = 'old' AND id = '7' FOR UPDATE");
            try (Purger purger = start(Duration.ofMillis(20), 100, 50)) {
                Await.until("all others are gone, and counted", () -> old() == 1 && purger.rows() == OLD + 1);
                holder.rollback();
                Await.until("it is gone", () -> old() == 0);
            }
        }
    }

    @Test
    void a_database_without_the_tables_is_left_alone_and_found_once_it_has_them() throws Exception {
        database.execute("DROP TABLE assent_request, assent_token");
        try (Purger purger = start(Duration.ofMillis(20), 1_000, 50)) {
            Await.until("the inbox is purged", () -> purger.rows() == OLD);
            Ddl.INBOX.install(database.dataSource());
            database.execute("INSERT INTO assent_token VALUES (gen_random_uuid(), 'old', now() - interval '1 s')");
            Await.until("the tokens are purged", () -> purger.rows() == OLD + 1);
        }
    }

    @Test
    void old_rows_are_found_by_the_index_however_many_young_ones_there_are() throws Exception {
        database.execute("INSERT INTO assent_inbox SELECT 'young', '/test', 'more-' || n, now()"
                + " FROM generate_series(1, 50000) n");
        database.execute("ANALYZE assent_inbox");
        StringBuilder plan = new StringBuilder();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN DELETE FROM assent_inbox WHERE ctid = ANY (ARRAY("
                        + "SELECT ctid FROM assent_inbox WHERE seen_at < now() - 2592000000 * interval '1 millisecond'"
                        + " ORDER BY seen_at LIMIT 5000 FOR UPDATE SKIP LOCKED))")) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        assertThat(plan.toString()).contains("Tid Scan", "assent_inbox_by_age").doesNotContain("Seq Scan");
    }

    @Test
    void an_inbox_that_forgets_what_can_come_again_is_refused() {
        assertThatThrownBy(() -> new PurgeSettings(
                        Duration.ofDays(7),
                        false,
                        Duration.ofDays(7),
                        Duration.ofDays(1),
                        Duration.ofMinutes(1),
                        10,
                        10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("it must remember longer", "purge.inbox");
    }
}
