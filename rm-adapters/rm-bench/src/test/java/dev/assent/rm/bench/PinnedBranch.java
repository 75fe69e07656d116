package dev.assent.rm.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.postgresql.xa.PGXADataSource;

/**
 * One thread's connection to one database, kept for the thread's life: the pool that costs nothing.
 *
 * @param database "first" or "second"
 */
record PinnedBranch(String database, XAResource resource, Connection connection, PreparedStatement insert) {

    static final String INSERT = "insert into work (id, note) values (?, 'a small row')";

    static PGXADataSource source(String url) {
        PGXADataSource source = new PGXADataSource();
        source.setUrl(url);
        return source;
    }

    static PinnedBranch open(String database, PGXADataSource source) throws SQLException {
        XAConnection pinned = source.getXAConnection();
        Connection connection = pinned.getConnection();
        return new PinnedBranch(database, pinned.getXAResource(), connection, connection.prepareStatement(INSERT));
    }

    void work(long id) throws SQLException {
        insert.setLong(1, id);
        insert.executeUpdate();
    }
}
