package dev.assent.outbox.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class TokensTest {
    private static final Body ORDER = Body.utf8("{\"item\":7}");

    private final Tokens tokens = new Tokens(UUID::randomUUID);
    private final Requests requests = new Requests("POST /orders");
    private final Postgres.Database database;

    TokensTest(Postgres postgres) throws Exception {
        database = postgres.database();
    }

    @BeforeEach
    void install() throws Exception {
        Ddl.INBOX.install(database.dataSource());
    }

    private UUID issued(Duration life) throws Exception {
        return database.commit(connection -> tokens.issue(connection, "pay", life));
    }

    private boolean spend(UUID token) {
        try {
            return database.commit(connection -> tokens.spend(connection, "pay", token));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_token_is_spent_once_and_only_for_its_purpose() throws Exception {
        UUID token = issued(Duration.ofHours(1));

        assertThat(database.<Boolean>commit(connection -> tokens.spend(connection, "refund", token)))
                .isFalse();
        assertThat(spend(token)).isTrue();
        assertThat(spend(token)).isFalse();
        assertThat(spend(UUID.randomUUID())).isFalse();
    }

    @Test
    void of_many_who_spend_a_token_at_once_one_succeeds() throws Exception {
        UUID token = issued(Duration.ofHours(1));

        List<CompletableFuture<Boolean>> spenders = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> spend(token)))
                .toList();

        assertThat(spenders.stream().filter(CompletableFuture::join).count()).isEqualTo(1);
    }

    @Test
    void a_rollback_gives_the_token_back_to_the_one_who_waits() throws Exception {
        UUID token = issued(Duration.ofHours(1));
        try (Connection first = database.dataSource().getConnection()) {
            first.setAutoCommit(false);
            assertThat(tokens.spend(first, "pay", token)).isTrue();
            CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> spend(token));
            Await.until(
                    "the second spender waits",
                    () -> database.number("SELECT count(*) FROM pg_stat_activity"
                                    + " WHERE wait_event_type = 'Lock' AND datname = current_database()")
                            == 1);
            assertThat(second).isNotDone();

            first.rollback();

            assertThat(second.get()).isTrue();
        }
    }

    @Test
    void an_expired_token_is_refused_and_purged() throws Exception {
        UUID token = issued(Duration.ofMillis(-1));

        assertThat(spend(token)).isFalse();
        assertThat(database.<Integer>commit(tokens::purge)).isEqualTo(1);
    }

    @Test
    void a_repeated_request_gets_the_first_answer() throws Exception {
        StoredResponse response = new StoredResponse(201, "application/json", Body.utf8("{\"order\":1}"));
        Admission first = database.commit(connection -> {
            Admission admission = requests.admit(connection, "key-1", ORDER);
            requests.answer(connection, "key-1", response);
            return admission;
        });

        Admission again = database.commit(connection -> requests.admit(connection, "key-1", ORDER));
        Admission other = database.commit(connection -> requests.admit(connection, "key-1", Body.utf8("{}")));

        assertThat(first).isEqualTo(new Admission.First());
        assertThat(again).isEqualTo(new Admission.Repeated(response));
        assertThat(other).isEqualTo(new Admission.Misused());
    }

    @Test
    void a_request_whose_work_failed_is_first_again() throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(requests.admit(connection, "key-2", ORDER)).isEqualTo(new Admission.First());
            connection.rollback();
        }

        assertThat(database.<Admission>commit(connection -> {
                    Admission admission = requests.admit(connection, "key-2", ORDER);
                    requests.answer(connection, "key-2", new StoredResponse(200, "text/plain", Body.utf8("ok")));
                    return admission;
                }))
                .isEqualTo(new Admission.First());
    }

    @Test
    void spending_outside_a_transaction_is_refused() throws Exception {
        UUID token = issued(Duration.ofHours(1));
        try (Connection connection = database.dataSource().getConnection()) {
            assertThatThrownBy(() -> tokens.spend(connection, "pay", token))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begin a transaction first");
        }
        assertThat(spend(token)).isTrue();
    }
}
