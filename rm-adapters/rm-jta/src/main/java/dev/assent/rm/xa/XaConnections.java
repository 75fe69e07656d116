package dev.assent.rm.xa;

import java.sql.SQLException;
import javax.sql.XAConnection;

/** Opens connections to one resource, apart from those that applications work on. */
@FunctionalInterface
public interface XaConnections {

    /** A new connection, which the caller closes. */
    XAConnection open() throws SQLException;
}
