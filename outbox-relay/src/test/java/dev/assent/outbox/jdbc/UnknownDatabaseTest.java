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
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A database that takes every statement, and of which nobody knows what its answers mean. */
@ExtendWith(Parts.class)
final class UnknownDatabaseTest {
    private static final String PRODUCT = "Somebody's SQL";

    private final DataSource unknown;

    UnknownDatabaseTest(Postgres postgres) throws Exception {
        Postgres.Database database = postgres.database();
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
}
