package dev.assent.outbox.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/** Sets the parameters of a statement one after the other. */
final class Parameters {
    private final PreparedStatement statement;
    private int set;

    Parameters(PreparedStatement statement) {
        this.statement = statement;
    }

    Parameters number(int value) throws SQLException {
        statement.setInt(++set, value);
        return this;
    }

    Parameters number(long value) throws SQLException {
        statement.setLong(++set, value);
        return this;
    }

    Parameters text(String value) throws SQLException {
        statement.setString(++set, value);
        return this;
    }

    /** An array of a type by PostgreSQL's name. */
    Parameters array(String type, Collection<?> values) throws SQLException {
        statement.setArray(++set, statement.getConnection().createArrayOf(type, values.toArray()));
        return this;
    }
}
