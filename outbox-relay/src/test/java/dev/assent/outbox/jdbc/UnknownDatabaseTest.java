package dev.assent.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.inbox.Inbox;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.status.StatusMachine;
import dev.assent.outbox.status.StatusTable;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import dev.assent.outbox.token.Requests;
import dev.assent.outbox.token.Tokens;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that takes every statement, and of which nobody knows what its answers mean. */
@ExtendWith(Parts.class)
final class UnknownDatabaseTest {
    private static final String PRODUCT = "Somebody's SQL";

    private final DataSource unknown;
    private final Postgres.Database database;

    UnknownDatabaseTest(Postgres postgres) throws Exception {
        this.database = postgres.database();
        OutboxSchema.install(database.dataSource(), 4);
        Ddl.INBOX.install(database.dataSource());
        this.unknown = proxy(DataSource.class, (self, method, arguments) -> {
            Object result = method.invoke(database.dataSource(), arguments);
            return result instanceof Connection connection ? unknown(connection) : result;
        });
    }

    private static Connection unknown(Connection known) {
        return proxy(Connection.class, (self, method, arguments) -> {
            Object result = method.invoke(known, arguments);
            return result instanceof DatabaseMetaData told ? unknown(told) : result;
        });
    }

    private static DatabaseMetaData unknown(DatabaseMetaData known) {
        return proxy(
                DatabaseMetaData.class,
                (self, method, arguments) ->
                        method.getName().equals("getDatabaseProductName") ? PRODUCT : method.invoke(known, arguments));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(
                UnknownDatabaseTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return handler.invoke(self, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static void isRefused(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(PRODUCT)
                .hasMessageContaining("keep the tables of outbox-relay in PostgreSQL");
    }

    @Test
    void nothing_that_rests_on_its_answers_is_done_in_it() throws Exception {
        EventAttributes event = EventAttributes.json(UUID.randomUUID(), "/shop", "OrderPaid");
        OutboxMessage message = OutboxMessage.of("orders", "a", event, Body.utf8("paid"));
        StatusMachine statuses = StatusMachine.ascending(StatusTable.of("goods_order"));
        try (Connection connection = unknown.getConnection()) {
            connection.setAutoCommit(false);

            isRefused(() -> new Outbox().append(connection, message));
            isRefused(() -> new Inbox("shop").firstSight(connection, "/shop", "1"));
            isRefused(() -> new Tokens(UUID::randomUUID).spend(connection, "pay", UUID.randomUUID()));
            isRefused(() -> new Requests("pay").admit(connection, "1", Body.utf8("pay")));
            isRefused(() -> statuses.apply(connection, 1, 100));
        }
    }

    @Test
    void no_relay_works_on_it_and_no_schema_is_installed() {
        isRefused(() -> new JdbcOutboxStore(unknown, Duration.ofSeconds(2)).shards());
        isRefused(() -> OutboxSchema.install(unknown, 4));
        isRefused(() -> Ddl.INBOX.install(unknown));
    }

    /** As the database behind a driver that knows no other. */
    private DataSource calling(String version) {
        return proxy(DataSource.class, (self, method, arguments) -> {
            Object result = method.invoke(database.dataSource(), arguments);
            return result instanceof Connection connection
                    ? proxy(Connection.class, (itself, called, given) -> {
                        Object made = called.invoke(connection, given);
                        return called.getName().equals("createStatement") && made instanceof Statement statement
                                ? calling(version, statement)
                                : made;
                    })
                    : result;
        });
    }

    private static Statement calling(String version, Statement statement) {
        return proxy(
                Statement.class,
                (self, method, arguments) ->
                        method.getName().equals("executeQuery") && arguments[0].equals("SELECT version()")
                                ? statement.executeQuery("SELECT '" + version + "'")
                                : method.invoke(statement, arguments));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023/09/27)",
                "PostgreSQL 11.2-YB-2.20.0.0-b0 on x86_64-pc-linux-gnu, 64-bit",
                "PostgreSQL 8.0.2 on i686-pc-linux-gnu, Redshift 1.0.12103",
                "Somebody else, 1.0"
            })
    void a_server_that_the_driver_takes_for_a_postgresql_is_asked_itself(String version) {
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> new JdbcOutboxStore(calling(version), Duration.ofSeconds(2)).shards(),
                () -> OutboxSchema.install(calling(version), 4),
                () -> Ddl.INBOX.install(calling(version)))) {
            assertThatThrownBy(use)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(version)
                    .hasMessageContaining("keep the tables of outbox-relay in PostgreSQL");
        }
    }
}
