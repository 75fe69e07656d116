package dev.assent.rm.jdbc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.xa.quirk.LazyXaResource;
import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.tx.model.HeuristicOutcome;
import jakarta.transaction.Status;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * Looks after each statement of a branch whether the database's transaction is still the branch's. An application that
 * ends it by SQL has left the global transaction: no more work is taken, the transaction can only roll back, and what
 * was committed so is told as a decision of the resource's own. The look is at the driver's memory, and costs nothing;
 * only statements whose text may hide it cost two round trips. Used by one thread at a time.
 */
final class BranchWatch {
    private static final int SHOWN_CHARS_MAX = 60;

    private final String pool;
    private final XAResource resource;
    private final Optional<LazyXaResource> lazy;
    private final PoolQuirks quirks;
    private final AssentTransactions transactions;
    private final Connection raw;
    private boolean used;
    private @Nullable String ended;

    BranchWatch(
            String pool,
            AgroalIntegration.Fresh fresh,
            PoolQuirks quirks,
            AssentTransactions transactions,
            Connection raw) {
        this.pool = pool;
        this.resource = fresh.resource();
        this.lazy = fresh.lazy();
        this.quirks = quirks;
        this.transactions = transactions;
        this.raw = raw;
    }

    /** The driver's own connection, for what handles inside a branch refuse without need. */
    Connection raw() throws SQLException {
        checkNotEnded();
        return raw;
    }

    PoolQuirks quirks() {
        return quirks;
    }

    /** Whether a statement was run in the branch, which fixes its isolation level. */
    boolean isUsed() {
        return used;
    }

    private void checkNotEnded() throws SQLException {
        if (ended != null) {
            throw new SQLException(ended + "; the global transaction can only roll back", "25000");
        }
    }

    /** Runs a statement of the application. */
    @Nullable
    Object run(String sql, Call statement) throws Throwable {
        checkNotEnded();
        used = true;
        boolean mayEnd = TransactionEnds.mayEnd(sql);
        if (mayEnd) {
            begin();
        }
        SessionState before = quirks.state(raw);
        Optional<String> identity =
                mayEnd && TransactionEnds.mayHide(sql) && before == SessionState.OPEN ? identity() : Optional.empty();
        boolean failed = true;
        if (lazy.isPresent()) {
            lazy.get().enter();
        }
        try {
            Object result = statement.run();
            failed = false;
            if (lazy.isPresent() && changedRows(result)) {
                lazy.get().wrote(sql);
            }
            return result;
        } catch (SQLException e) {
            throw explained(e);
        } finally {
            look(sql, before, identity, failed);
        }
    }

    /** By the counts that {@code executeUpdate} and {@code executeBatch} return; of others it is not known. */
    private static boolean changedRows(@Nullable Object result) {
        if (result instanceof Number count) {
            return count.longValue() > 0;
        }
        return (result instanceof int[] counts && Arrays.stream(counts).anyMatch(count -> count > 0))
                || (result instanceof long[] large && Arrays.stream(large).anyMatch(count -> count > 0));
    }

    /** Before anything that nobody can look after, and could end the database's transaction unseen if that had not begun. */
    void begin() throws SQLException {
        if (lazy.isPresent()) {
            lazy.get().begin();
        }
    }

    /** Before the application gets to where nobody looks after what it says. */
    void unseen() throws SQLException {
        begin();
        lazy.ifPresent(LazyXaResource::unseen);
    }

    private Optional<String> identity() throws SQLException {
        return Optional.of(quirks.identity(raw));
    }

    private void look(String sql, SessionState before, Optional<String> identity, boolean failed) throws SQLException {
        SessionState after = quirks.state(raw);
        lazy.ifPresent(LazyXaResource::look);
        boolean wasOpen = before == SessionState.OPEN || before == SessionState.FAILED;
        if (wasOpen && after == SessionState.NONE && !raw.isClosed()) {
            ended(sql, how(sql, before, failed));
        } else if (after == SessionState.OPEN && identity.isPresent() && !identity.equals(identity())) {
            ended(sql, how(sql, before, failed));
        }
    }

    private static HeuristicOutcome how(String sql, SessionState before, boolean failed) {
        boolean undone = before == SessionState.FAILED
                || (failed ? TransactionEnds.isCommitAlone(sql) : TransactionEnds.rollsBack(sql));
        if (undone) {
            return HeuristicOutcome.ROLLED_BACK;
        }
        return !failed && TransactionEnds.commits(sql) ? HeuristicOutcome.COMMITTED : HeuristicOutcome.HAZARD;
    }

    private void ended(String sql, HeuristicOutcome how) {
        String told = "the application ended the branch in " + pool + " itself, by SQL (" + shown(sql)
                + "); its work is " + fate(how) + " in that database";
        ended = told;
        transactions.endedByApplication(resource, how, told);
    }

    private static String fate(HeuristicOutcome how) {
        return switch (how) {
            case COMMITTED -> "committed";
            case ROLLED_BACK -> "rolled back";
            case MIXED -> "partly committed";
            case HAZARD -> "committed or rolled back";
        };
    }

    private static String shown(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.length() <= SHOWN_CHARS_MAX ? line : line.substring(0, SHOWN_CHARS_MAX) + "...";
    }

    /** A connection that was cut because the transaction is over fails with the driver's words; ours say why. */
    private SQLException explained(SQLException failure) throws SQLException {
        int status = transactions.getStatus();
        if (status == Status.STATUS_ACTIVE || !raw.isClosed()) {
            return failure;
        }
        return new SQLException(
                "the connection of " + pool + " is gone with its " + transactions.getTransaction() + ": "
                        + failure.getMessage(),
                failure.getSQLState(),
                failure);
    }

    /** A call to the driver. */
    interface Call {
        @Nullable
        Object run() throws Throwable;
    }
}
