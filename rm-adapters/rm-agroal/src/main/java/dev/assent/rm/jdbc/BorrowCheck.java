package dev.assent.rm.jdbc;

import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.time.Clock;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a pooled connection lives, asked before it is given out: one on which the database has said something since
 * is looked at, and so are one that was not given out for a moment, as a connection may be closed without a word, and each
 * other one once when one was found dead. One that was not given out for a while is asked.
 *
 * <p>When the database does not answer, the others are not asked one after the other: for a moment each of them counts as
 * dead. So does one that has somebody's transaction open. Thread-safe.
 */
final class BorrowCheck implements ConnectionValidator {
    private static final Logger LOG = LoggerFactory.getLogger(BorrowCheck.class);
    /** So long after an unanswered question the next ones are not put. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final String pool;
    private final PoolQuirks quirks;
    private final PoolLimits limits;
    private final Deaths deaths;
    /** When each connection was last given out, by {@link Clock#nanos}. */
    private final Map<Connection, Long> givenOut = Collections.synchronizedMap(new WeakHashMap<>());

    private volatile long silentUntilNanos = Clock.SYSTEM.nanos();

    BorrowCheck(String pool, PoolQuirks quirks, PoolLimits limits, Deaths deaths) {
        this.pool = pool;
        this.quirks = quirks;
        this.limits = limits;
        this.deaths = deaths;
    }

    @Override
    public boolean isValid(Connection connection) {
        try {
            Connection raw = connection.unwrap(Connection.class);
            if (hasTransaction(raw)) {
                LOG.warn(
                        "pool {}: a connection came back with a transaction open, as after BEGIN by SQL outside of"
                                + " transactions; it is closed, which rolls that back",
                        pool);
                return false;
            }
            return lives(connection, raw);
        } catch (SQLException e) {
            deaths.seen(Clock.SYSTEM.nanos());
            LOG.info("pool {}: a connection had died unused and is replaced: {}", pool, e.getMessage());
            return false;
        }
    }

    /** Of somebody before: whoever gets it would work in that one. Asks the driver, not the database. */
    private boolean hasTransaction(Connection raw) {
        SessionState state = quirks.state(raw);
        return state == SessionState.OPEN || state == SessionState.FAILED;
    }

    private boolean lives(Connection connection, Connection raw) throws SQLException {
        long now = Clock.SYSTEM.nanos();
        Long earlier = givenOut.put(raw, now);
        OptionalLong before = earlier == null ? OptionalLong.empty() : OptionalLong.of(earlier);
        long unused = now - before.orElse(now);
        if (isToBeLookedAt(connection, before, unused)) {
            quirks.glance(connection);
        }
        return unused < limits.validateAfter().toNanos() || answers(connection);
    }

    private boolean isToBeLookedAt(Connection connection, OptionalLong before, long unused) throws SQLException {
        return switch (quirks.unread(connection)) {
            case SOMETHING -> true;
            case NOTHING, UNKNOWN -> unused >= limits.lookAfter().toNanos() || deaths.since(before);
        };
    }

    private boolean answers(Connection connection) throws SQLException {
        long asked = Clock.SYSTEM.nanos();
        if (asked - silentUntilNanos < 0) {
            return false;
        }
        if (connection.isValid(Math.toIntExact(limits.validationTimeout().toSeconds()))) {
            return true;
        }
        long answered = Clock.SYSTEM.nanos();
        if (answered - asked >= limits.validationTimeout().toNanos()) {
            silentUntilNanos = answered + SILENCE.toNanos();
            LOG.warn(
                    "pool {}: its database did not answer within {}; its unused connections are replaced",
                    pool,
                    limits.validationTimeout());
        }
        return false;
    }
}
