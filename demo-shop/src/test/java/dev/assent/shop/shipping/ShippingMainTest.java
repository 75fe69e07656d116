package dev.assent.shop.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pool of a service that only hears events: its messages wait for ever if it goes on with connections that are dead. */
@ExtendWith(PostgresExtension.class)
@Timeout(120)
class ShippingMainTest {
    private final Database database;

    ShippingMainTest(PostgresServer server) throws SQLException {
        database = server.newDatabase();
    }

    @Test
    void connections_that_the_database_ended_are_not_given_out_again() throws SQLException {
        try (AgroalDataSource pool = ShippingMain.database(database.url())) {
            try (Connection one = pool.getConnection();
                    Connection other = pool.getConnection()) {
                assertThat(answer(one) + answer(other)).isEqualTo(2);
            }
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                    + database.name() + "' AND pid <> pg_backend_pid()");

            try (Connection one = pool.getConnection();
                    Connection other = pool.getConnection()) {
                assertThat(answer(one) + answer(other)).isEqualTo(2);
            }
        }
    }

    private static int answer(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet one = statement.executeQuery("SELECT 1")) {
            one.next();
            return one.getInt(1);
        }
    }
}
