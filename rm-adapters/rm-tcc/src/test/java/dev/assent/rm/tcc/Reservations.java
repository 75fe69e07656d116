package dev.assent.rm.tcc;

import dev.assent.rm.testing.PostgresServer.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** A participant whose every step can be counted: a row for each try, with how often it was confirmed and cancelled. */
final class Reservations implements TccAction<Reservations.Goods> {
    private final Database database;
    volatile boolean refusesConfirm;
    volatile Runnable duringTry = () -> {};

    /** What is reserved. */
    record Goods(UUID id, int count) {}

    Reservations(Database database) {
        this.database = database;
    }

    static Reservations in(Database database) throws SQLException {
        database.execute("create table if not exists reservation (id uuid primary key, count int not null,"
                + " confirmed int not null default 0, cancelled int not null default 0)");
        return new Reservations(database);
    }

    @SuppressWarnings("resource")
    TccParticipant<Goods> namedIn(TccResource resource) {
        return resource.participant("reserve", Arguments.ofRecord(Goods.class), this);
    }

    static TccResource resource(DataSource source) throws SQLException {
        return TccResource.open("stock-tcc", source);
    }

    @Override
    public void attempt(Connection connection, Goods goods) throws SQLException {
        if (goods.count() < 0) {
            throw new IllegalArgumentException("nobody reserves " + goods.count());
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into reservation (id, count) values (?, ?)")) {
            insert.setObject(1, goods.id());
            insert.setInt(2, goods.count());
            insert.executeUpdate();
        }
        duringTry.run();
    }

    @Override
    public void confirm(Connection connection, Goods goods) throws SQLException {
        if (refusesConfirm) {
            throw new SQLException("the warehouse is closed");
        }
        update(connection, "update reservation set confirmed = confirmed + 1 where id = ? and count = ?", goods);
    }

    @Override
    public void cancel(Connection connection, Goods goods) throws SQLException {
        update(connection, "update reservation set cancelled = cancelled + 1 where id = ? and count = ?", goods);
    }

    private static void update(Connection connection, String sql, Goods goods) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setObject(1, goods.id());
            update.setInt(2, goods.count());
            if (update.executeUpdate() != 1) {
                throw new SQLException("there is no such reservation: " + goods);
            }
        }
    }

    long tried() throws SQLException {
        return database.number("select count(*) from reservation");
    }

    long confirmed() throws SQLException {
        return database.number("select coalesce(sum(confirmed), 0) from reservation");
    }

    long cancelled() throws SQLException {
        return database.number("select coalesce(sum(cancelled), 0) from reservation");
    }
}
