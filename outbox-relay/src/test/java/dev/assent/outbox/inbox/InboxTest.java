package dev.assent.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class InboxTest {
    private final Inbox inbox = new Inbox("billing");
    private final Postgres.Database database;

    InboxTest(Postgres postgres) throws Exception {
        database = postgres.database();
    }

    @BeforeEach
    void install() throws Exception {
        Ddl.INBOX.install(database.dataSource());
    }

    @Test
    void a_message_is_seen_for_the_first_time_once() throws Exception {
        assertThat(database.<Boolean>commit(connection -> inbox.firstSight(connection, "/shop", "1")))
                .isTrue();
        assertThat(database.<Boolean>commit(connection -> inbox.firstSight(connection, "/shop", "1")))
                .isFalse();
        assertThat(database.<Boolean>commit(connection -> inbox.firstSight(connection, "/other", "1")))
                .isTrue();
        assertThat(database.<Boolean>commit(connection -> new Inbox("mail").firstSight(connection, "/shop", "1")))
                .isTrue();
    }

    @Test
    void a_sight_is_forgotten_with_the_effect_that_failed() throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(inbox.firstSight(connection, "/shop", "1")).isTrue();
            connection.rollback();
        }

        assertThat(database.<Boolean>commit(connection -> inbox.firstSight(connection, "/shop", "1")))
                .isTrue();
    }

    @Test
    void of_many_who_handle_a_message_at_once_one_makes_the_effect() throws Exception {
        database.execute("CREATE TABLE effect (n int)");

        List<CompletableFuture<Void>> handlers = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.runAsync(this::handleOnce))
                .toList();
        handlers.forEach(CompletableFuture::join);

        assertThat(database.number("SELECT count(*) FROM effect")).isEqualTo(1);
    }

    private void handleOnce() {
        try {
            database.<Boolean>commit(connection -> {
                if (inbox.firstSight(connection, "/shop", "race")) {
                    connection.createStatement().executeUpdate("INSERT INTO effect VALUES (1)");
                }
                return true;
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void old_sights_are_purged_and_young_ones_kept() throws Exception {
        database.commit(connection -> inbox.firstSight(connection, "/shop", "old"));
        database.execute("UPDATE assent_inbox SET seen_at = now() - interval '2 days'");
        database.commit(connection -> inbox.firstSight(connection, "/shop", "young"));

        int purged = database.commit(connection -> inbox.purge(connection, Duration.ofDays(1)));

        assertThat(purged).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM assent_inbox WHERE id = 'young'"))
                .isEqualTo(1);
    }

    @Test
    void a_sight_outside_a_transaction_is_refused() throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            assertThatThrownBy(() -> inbox.firstSight(connection, "/shop", "1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begin a transaction first");
        }
    }
}
