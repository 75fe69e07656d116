package dev.assent.rm.xa.quirk;

import java.sql.SQLException;
import java.util.Set;
import javax.transaction.xa.XAResource;

/**
 * An adapter's own way to drive one branch over a driver's connection, where it needs fewer round trips than the
 * driver's: the database's transaction begins with the first statement of the work, in the same message, and not with
 * {@link #start}. Serves one branch, one call at a time; whoever hands the connection out sees to it that the
 * application cannot end the transaction but by SQL.
 *
 * <p>As nothing is open before the first statement, an application that ends the transaction by SQL could go unnoticed:
 * {@link #begin} comes before any statement that may do so, and {@link #look} after each other one.
 */
public interface LazyXaResource extends XAResource {

    /** Begins the database's transaction now, unless it has begun; a round trip. */
    void begin() throws SQLException;

    /**
     * A statement of the application goes out now, on whatever thread.
     *
     * @throws SQLException the branch takes no more of them
     */
    void enter() throws SQLException;

    /** From now on the application may say what nobody looks after: the branch cannot be {@link #seal sealed}. */
    void unseen();

    /** That statement, as the driver told, has changed rows. */
    void wrote(String sql);

    /** Statements that have {@link #wrote}; only some, if there are many. */
    Set<String> writers();

    /**
     * Takes no more statements of the application's.
     *
     * @return false, and nothing is changed, if one is under way or may go out unseen, or there is no transaction that
     *     could commit
     */
    boolean seal();

    /** It is over: takes note of whether the transaction has begun; no round trip. */
    void look();

    /**
     * Whether the database has heard nothing of the branch. A transaction that has begun and is over is not untouched.
     *
     * @throws SQLException it cannot be told, as the first statement is under way, or has lost the connection
     */
    boolean isUntouched() throws SQLException;

    /**
     * Takes note that the branch was committed by SQL, together with its transaction's decision.
     *
     * @throws IllegalStateException its transaction is still open
     */
    void committedBySql();
}
