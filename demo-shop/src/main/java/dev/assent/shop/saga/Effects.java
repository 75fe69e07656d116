package dev.assent.shop.saga;

import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.jdbc.SagaGuard;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** What steps do: a row for each effect, in the transaction of the guard's row. Rows are numbered in their order. */
final class Effects {
    static final int CONNECT_SECONDS = 2;
    static final int ANSWER_SECONDS = 10;
    /** A row that a dead process has prepared blocks others until recovery; they are to come again. */
    static final String LOCK_TIMEOUT = "-c lock_timeout=3s";

    private static final String INSERT = "insert into effect (saga, step, direction) values (?, ?, ?)";

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final GateClient gate;

    Effects(String url, GateClient gate) {
        database.setURL(url);
        database.setConnectTimeout(CONNECT_SECONDS);
        database.setLoginTimeout(CONNECT_SECONDS);
        database.setSocketTimeout(ANSWER_SECONDS);
        database.setOptions(LOCK_TIMEOUT);
        this.gate = gate;
    }

    /** One row. */
    record Row(String saga, String step, Direction direction) {}

    static void createTables(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(SagaGuard.CREATE_TABLE);
            statement.execute("create table effect (id bigserial primary key, saga varchar(64) not null,"
                    + " step varchar(40) not null, direction varchar(12) not null)");
        }
    }

    /** Acts or compensates once, with a visit to the gate at each moment. */
    String apply(CallKey key, String refused) throws SQLException, StepRefusedException, IOException {
        gate.visit(key, Moment.ENTERED);
        if (key.direction() == Direction.COMPENSATION) {
            SagaGuard.compensate(database, key, connection -> insertAndVisit(connection, key));
        } else {
            String unused = SagaGuard.act(database, key, connection -> {
                if (key.step().equals(refused)) {
                    throw new StepRefusedException("this trip is to be refused");
                }
                insertAndVisit(connection, key);
                return "";
            });
        }
        gate.visit(key, Moment.COMMITTED);
        return "done";
    }

    private void insertAndVisit(Connection connection, CallKey key) throws SQLException {
        insert(connection, key);
        gate.visit(key, Moment.UNCOMMITTED);
    }

    static void insert(Connection connection, CallKey key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.saga().text());
            insert.setString(2, key.step());
            insert.setString(3, key.direction().word());
            insert.executeUpdate();
        }
    }

    /** All of them, in their order. */
    static List<Row> all(String url) throws SQLException {
        List<Row> all = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select saga, step, direction from effect order by id")) {
            while (rows.next()) {
                Direction direction =
                        rows.getString(3).equals(Direction.ACTION.word()) ? Direction.ACTION : Direction.COMPENSATION;
                all.add(new Row(rows.getString(1), rows.getString(2), direction));
            }
        }
        return all;
    }
}
