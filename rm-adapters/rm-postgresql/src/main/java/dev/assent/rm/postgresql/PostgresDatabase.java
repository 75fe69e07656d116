package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.DatabaseQuirks;
import dev.assent.rm.xa.quirk.OpeningQuirks;
import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.rm.xa.quirk.XaQuirks;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.XADataSource;
import org.postgresql.xa.PGXADataSource;

/** PostgreSQL with pgjdbc 42.7. */
public final class PostgresDatabase implements DatabaseQuirks {
    private static final String PRODUCT_NAME = "PostgreSQL";
    private static final String DRIVER = "org.postgresql.";

    @Override
    public boolean isProduct(String name) {
        return name.equals(PRODUCT_NAME);
    }

    @Override
    public boolean isDriver(Class<?> type) {
        return type.getName().startsWith(DRIVER);
    }

    @Override
    public XaQuirks xa(Connection connection) throws SQLException {
        return PostgresQuirks.of(connection);
    }

    /** A class derived from the driver's is its owner's affair: a copy of it would not be the same. */
    @Override
    public Optional<OpeningQuirks> opening(XADataSource source) {
        return source.getClass() == PGXADataSource.class ? Optional.of(new PostgresOpening()) : Optional.empty();
    }

    @Override
    public PoolQuirks pool() {
        return new PostgresPoolQuirks();
    }

    /** A branch of PostgreSQL cannot leave its connection before it is prepared. */
    @Override
    public XaAbilities abilities(XaAbilities declared) {
        return XaAbilities.NONE;
    }
}
