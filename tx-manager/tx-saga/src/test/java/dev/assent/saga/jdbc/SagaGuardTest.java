package dev.assent.saga.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.server.FreePorts;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaId;
import dev.assent.tx.testing.Eventually;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exactly once, whatever comes twice, late or at the same time. */
class SagaGuardTest {
    private static EmbeddedPostgres server;
    private static DataSource database;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setPort(new FreePorts(new Random()).next())
                .start();
        database = server.getPostgresDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void emptyTables() throws SQLException {
        execute("drop table if exists assent_saga_guard");
        execute("drop table if exists account");
        execute(SagaGuard.CREATE_TABLE);
        execute("create table account (balance int)");
        execute("insert into account values (100)");
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static int balance() throws SQLException {
        return number("select balance from account");
    }

    private static CallKey key(Direction direction) {
        return new CallKey(new SagaId("s"), "pay", direction);
    }

    private static String add(Connection connection, int amount) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("update account set balance = balance + " + amount);
        }
        return "added " + amount;
    }

    private static String pay() throws SQLException, StepRefusedException {
        return SagaGuard.act(database, key(Direction.ACTION), connection -> add(connection, -10));
    }

    private static void undo() throws SQLException {
        SagaGuard.compensate(database, key(Direction.COMPENSATION), connection -> add(connection, 10));
    }

    @Test
    void an_action_that_comes_again_has_no_second_effect_and_the_first_ones_result() throws Exception {
        assertThat(pay()).isEqualTo("added -10");
        assertThat(pay()).isEqualTo("added -10");

        assertThat(balance()).isEqualTo(90);
    }

    @Test
    void a_compensation_that_comes_again_undoes_once() throws Exception {
        pay();
        undo();
        undo();

        assertThat(balance()).isEqualTo(100);
        assertThatThrownBy(SagaGuardTest::pay).isInstanceOf(StepRefusedException.class);
        assertThat(balance()).isEqualTo(100);
    }

    @Test
    void a_compensation_that_comes_first_undoes_nothing_and_blocks_the_action() throws Exception {
        undo();

        assertThat(balance()).isEqualTo(100);
        assertThatThrownBy(SagaGuardTest::pay)
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("after its compensation");
        assertThat(balance()).isEqualTo(100);
    }

    @Test
    void work_that_refuses_or_fails_leaves_no_row() throws Exception {
        assertThatThrownBy(() -> SagaGuard.act(database, key(Direction.ACTION), connection -> {
                    add(connection, -10);
                    throw new StepRefusedException("no money");
                }))
                .isInstanceOf(StepRefusedException.class);
        assertThat(balance()).isEqualTo(100);
        assertThat(number("select count(*) from assent_saga_guard")).isZero();

        pay();
        assertThatThrownBy(() -> SagaGuard.compensate(database, key(Direction.COMPENSATION), connection -> {
                    add(connection, 10);
                    throw new SQLException("away");
                }))
                .hasMessage("away");
        assertThat(balance()).isEqualTo(90);
        undo();
        assertThat(balance()).isEqualTo(100);
    }

    @Test
    void a_compensation_waits_for_an_action_that_is_under_way_and_then_undoes_it() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<String> acting =
                inBackground(() -> SagaGuard.act(database, key(Direction.ACTION), connection -> {
                    add(connection, -10);
                    inside.countDown();
                    await(goOn);
                    return "";
                }));
        await(inside);
        CompletableFuture<String> undoing = inBackground(() -> {
            undo();
            return "";
        });
        Eventually.soon("the compensation waits for a lock", () -> {
            try {
                return number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 1;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });

        goOn.countDown();

        acting.get(120, TimeUnit.SECONDS);
        assertThatThrownBy(() -> undoing.get(120, TimeUnit.SECONDS)).hasMessageContaining("duplicate key");
        undo();
        assertThat(balance()).isEqualTo(100);
    }

    private static CompletableFuture<String> inBackground(Callable<String> work) {
        CompletableFuture<String> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(work.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void rows_are_purged_by_their_age() throws Exception {
        pay();
        try (Connection connection = database.getConnection()) {
            assertThat(SagaGuard.purge(connection, Instant.now().minusSeconds(3_600)))
                    .isZero();
            assertThat(SagaGuard.purge(connection, Instant.now().plusSeconds(3_600)))
                    .isEqualTo(1);
        }
    }
}
