package dev.assent.rm.xa.quirk;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.XADataSource;

/**
 * One database with its driver, in an artifact of its own: found as a service ({@link java.util.ServiceLoader}), so
 * that only who uses the database has its driver. Implementations hold no state; any thread may call.
 */
public interface DatabaseQuirks {

    /** Whether the database calls itself so; see {@link java.sql.DatabaseMetaData#getDatabaseProductName}. */
    boolean isProduct(String name);

    /** Whether a data source or resource of that class is of the driver. */
    boolean isDriver(Class<?> type);

    /**
     * The policy for the server behind that connection, which no transaction is open on.
     *
     * @throws SQLException the database could not be asked
     */
    XaQuirks xa(Connection connection) throws SQLException;

    /** How the driver is made to give up opening; empty if that source is to be treated as any other's. */
    Optional<OpeningQuirks> opening(XADataSource source);

    PoolQuirks pool();

    /** What is used with this driver of what the user says that his resource manager can do. */
    XaAbilities abilities(XaAbilities declared);
}
