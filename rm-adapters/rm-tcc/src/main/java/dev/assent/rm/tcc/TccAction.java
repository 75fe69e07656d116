package dev.assent.rm.tcc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a participant does. Each method works over the connection that it is given, in a local transaction that is not its
 * own to end; together with that work the row of the branch is written. Confirm and cancel may run in another process
 * than the try, at any later time, and are tried again until they succeed: they must not refuse for a reason of business.
 *
 * @param <A> the arguments, kept from the try for the two others
 */
public interface TccAction<A> {

    /** Checks, and sets aside what is needed; throws if that cannot be had, and then nothing is done. */
    void attempt(Connection connection, A arguments) throws SQLException;

    /** Makes the try's work last. */
    void confirm(Connection connection, A arguments) throws SQLException;

    /** Takes the try's work back. Never called for a try that did not commit. */
    void cancel(Connection connection, A arguments) throws SQLException;
}
