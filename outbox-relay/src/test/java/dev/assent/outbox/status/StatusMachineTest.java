package dev.assent.outbox.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class StatusMachineTest {
    private static final int CREATED = 0;
    private static final int FAILED = 99;
    private static final int PAID = 100;
    private static final int REFUNDED = 50;

    private static final StatusTable ORDERS = StatusTable.of("goods_order").withVersion("version");

    private final StatusMachine ascending = StatusMachine.ascending(ORDERS);
    private final Postgres.Database database;

    StatusMachineTest(Postgres postgres) throws Exception {
        database = postgres.database();
    }

    @BeforeEach
    void one_order_is_created() throws Exception {
        database.execute("CREATE TABLE IF NOT EXISTS goods_order"
                + " (id bigint PRIMARY KEY, status int NOT NULL, version bigint NOT NULL)");
        database.execute("INSERT INTO goods_order VALUES (1, 0, 0)");
    }

    private StatusChange apply(StatusMachine machine, long id, int status) throws Exception {
        return database.commit(connection -> machine.apply(connection, id, status));
    }

    private long status() throws Exception {
        return database.number("SELECT status FROM goods_order WHERE id = 1");
    }

    @Test
    void a_status_moves_forward_once_and_counts_its_version() throws Exception {
        assertThat(apply(ascending, 1, PAID)).isEqualTo(StatusChange.APPLIED);
        assertThat(apply(ascending, 1, PAID)).isEqualTo(StatusChange.DUPLICATE);

        assertThat(status()).isEqualTo(PAID);
        assertThat(database.number("SELECT version FROM goods_order")).isEqualTo(1);
    }

    @Test
    void a_late_event_changes_nothing() throws Exception {
        apply(ascending, 1, PAID);

        assertThat(apply(ascending, 1, FAILED)).isEqualTo(StatusChange.OUT_OF_ORDER);

        assertThat(status()).isEqualTo(PAID);
    }

    @Test
    void an_event_before_its_row_is_told_apart_from_a_duplicate() throws Exception {
        assertThat(apply(ascending, 2, PAID)).isEqualTo(StatusChange.MISSING);

        database.execute("INSERT INTO goods_order VALUES (2, 0, 0)");

        assertThat(apply(ascending, 2, PAID)).isEqualTo(StatusChange.APPLIED);
    }

    @Test
    void transitions_allow_what_no_total_order_does() throws Exception {
        StatusMachine machine = StatusMachine.transitions(ORDERS)
                .allow(CREATED, PAID)
                .allow(CREATED, FAILED)
                .allow(PAID, REFUNDED)
                .build();

        assertThat(apply(machine, 1, REFUNDED)).isEqualTo(StatusChange.OUT_OF_ORDER);
        assertThat(apply(machine, 1, PAID)).isEqualTo(StatusChange.APPLIED);
        assertThat(apply(machine, 1, REFUNDED)).isEqualTo(StatusChange.APPLIED);
        assertThat(apply(machine, 1, REFUNDED)).isEqualTo(StatusChange.DUPLICATE);
        assertThat(apply(machine, 1, PAID)).isEqualTo(StatusChange.OUT_OF_ORDER);
        assertThat(apply(machine, 2, PAID)).isEqualTo(StatusChange.MISSING);
        assertThatThrownBy(() -> apply(machine, 1, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no transition leads to status 7");
    }

    @Test
    void an_event_with_a_version_wins_by_its_version() throws Exception {
        assertThat(database.<StatusChange>commit(connection -> ascending.applyVersion(connection, 1L, PAID, 3)))
                .isEqualTo(StatusChange.APPLIED);
        assertThat(database.<StatusChange>commit(connection -> ascending.applyVersion(connection, 1L, PAID, 3)))
                .isEqualTo(StatusChange.DUPLICATE);
        assertThat(database.<StatusChange>commit(connection -> ascending.applyVersion(connection, 1L, FAILED, 2)))
                .isEqualTo(StatusChange.OUT_OF_ORDER);
        assertThat(database.<StatusChange>commit(connection -> ascending.applyVersion(connection, 1L, REFUNDED, 4)))
                .isEqualTo(StatusChange.APPLIED);
        assertThat(database.<StatusChange>commit(connection -> ascending.applyVersion(connection, 9L, PAID, 1)))
                .isEqualTo(StatusChange.MISSING);
        assertThat(status()).isEqualTo(REFUNDED);
    }

    @Test
    void of_two_concurrent_events_the_larger_status_stays() throws Exception {
        for (int round = 0; round < 10; round++) {
            database.execute("UPDATE goods_order SET status = 0 WHERE id = 1");
            CompletableFuture<Void> paid = CompletableFuture.runAsync(() -> applyUnchecked(PAID));
            CompletableFuture<Void> failed = CompletableFuture.runAsync(() -> applyUnchecked(FAILED));
            CompletableFuture.allOf(paid, failed).join();

            assertThat(status()).isEqualTo(PAID);
        }
    }

    private void applyUnchecked(int status) {
        try {
            apply(ascending, 1, status);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_name_that_is_no_identifier_is_refused() {
        assertThatThrownBy(() -> StatusTable.of("goods_order; DROP TABLE goods_order"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a plain SQL identifier");
    }
}
