package dev.assent.rm.xa;

import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.ThrottledLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the connections of recovery to one resource. A host that takes connections and never answers, and a driver that
 * waits for it for ever, cost the attempt only: each has a thread of its own, and whoever asked gives it up after a
 * while. What it brings later is closed. Thread-safe.
 *
 * <p>An attempt that hangs for very long is not counted any more: the host may have been replaced meanwhile, and
 * nothing would ever end an attempt to reach the old one.
 */
final class ConnectionAttempts {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAttempts.class);

    private final String resource;
    private final XaConnections connections;
    private final Limits limits;
    private final ThrottledLog abandonments = new ThrottledLog();
    /** Guarded by this. */
    private final Set<Attempt> underWay = new LinkedHashSet<>();

    /**
     * What a host that does not answer can hold.
     *
     * @param attemptMax how long a connection may take to open
     * @param attemptsMax at once, those that were given up and still hang included
     * @param lostAfter from when on one that hangs is not counted
     */
    record Limits(Duration attemptMax, int attemptsMax, Duration lostAfter) {
        static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 8, Duration.ofMinutes(15));
    }

    /** An open connection. */
    record Opened(XAConnection connection, Connection handle) {
        XAResource resource() throws SQLException {
            return connection.getXAResource();
        }

        void close() throws SQLException {
            try {
                handle.close();
            } finally {
                connection.close();
            }
        }
    }

    ConnectionAttempts(String resource, XaConnections connections, Limits limits) {
        this.resource = resource;
        this.connections = connections;
        this.limits = limits;
    }

    /**
     * A new connection, which the caller closes.
     *
     * @throws SQLException it was refused, did not come in time, or too many attempts hang already
     */
    Opened open() throws SQLException {
        Attempt attempt = admitted();
        attempt.begin();
        try {
            return attempt.opened.get(limits.attemptMax().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return attempt.abandon("it did not let a connection be opened within "
                    + limits.attemptMax().toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return attempt.abandon("interrupted while a connection to " + resource + " was opened");
        } catch (ExecutionException failed) {
            throw refusal(failed.getCause());
        }
    }

    private SQLException refusal(@Nullable Throwable cause) {
        return cause instanceof SQLException refused
                ? refused
                : new SQLException("the driver of " + resource + " failed to connect: " + cause, cause);
    }

    private synchronized Attempt admitted() throws SQLException {
        long endNanos = Clock.SYSTEM.nanos() + limits.attemptMax().toNanos();
        dropLost();
        while (underWay.size() >= limits.attemptsMax()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - Clock.SYSTEM.nanos());
            if (leftMillis <= 0 || underWay.stream().allMatch(Attempt::isAbandoned)) {
                throw new SQLException("no connection to " + resource + " is tried, as " + underWay.size()
                        + " attempts hang, as many as allowed; set the driver's connect, login and socket time-outs");
            }
            try {
                wait(leftMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("interrupted before a connection to " + resource + " was tried", e);
            }
        }
        Attempt attempt = new Attempt();
        underWay.add(attempt);
        return attempt;
    }

    private void dropLost() {
        long now = Clock.SYSTEM.nanos();
        boolean dropped = underWay.removeIf(attempt -> attempt.isAbandoned()
                && now - attempt.begunNanos > limits.lostAfter().toNanos());
        if (dropped) {
            LOG.warn(
                    "resource {}: attempts to connect hang for over {}; they are not waited for any more, and their"
                            + " threads stay: set the driver's connect, login and socket time-outs",
                    resource,
                    limits.lostAfter());
        }
    }

    private synchronized int hanging() {
        return (int) underWay.stream().filter(Attempt::isAbandoned).count();
    }

    private synchronized void over(Attempt attempt) {
        underWay.remove(attempt);
        notifyAll();
    }

    private void close(Opened late) {
        try {
            late.close();
        } catch (SQLException e) {
            LOG.debug("resource {}: a connection that came too late did not close cleanly", resource, e);
        }
    }

    /** One of them. */
    private final class Attempt {
        private final CompletableFuture<Opened> opened = new CompletableFuture<>();
        private final long begunNanos = Clock.SYSTEM.nanos();
        private final Thread thread = new Thread(this::run, "assent-connect-" + resource);

        Attempt() {
            thread.setDaemon(true);
        }

        void begin() {
            boolean begun = false;
            try {
                thread.start();
                begun = true;
            } finally {
                if (!begun) {
                    over(this); // the process has no threads left
                }
            }
        }

        private void run() {
            try {
                Opened here = connect();
                if (!opened.complete(here)) {
                    close(here);
                }
            } catch (SQLException | RuntimeException | Error e) {
                // The boundary of this thread: whatever it is, the caller hears it, if he still waits.
                if (!opened.completeExceptionally(e)) {
                    LOG.debug("resource {}: an attempt to connect that was given up has failed", resource, e);
                }
            } finally {
                over(this);
            }
        }

        private Opened connect() throws SQLException {
            XAConnection connection = connections.open();
            try {
                return new Opened(connection, connection.getConnection());
            } catch (SQLException | RuntimeException | Error e) {
                closeAfter(connection, e);
                throw e;
            }
        }

        private void closeAfter(XAConnection useless, Throwable failure) {
            try {
                useless.close();
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
        }

        boolean isAbandoned() {
            return opened.isCompletedExceptionally();
        }

        /** Unless it came in the last moment. */
        Opened abandon(String why) throws SQLException {
            SQLException tooLate = new SQLException(why);
            if (!opened.completeExceptionally(tooLate)) {
                return opened.join();
            }
            thread.interrupt(); // some drivers listen
            int hanging = hanging();
            abandonments.say(more -> LOG.warn(
                    "resource {} did not let recovery open a connection within {} ms; the attempt is given up, and"
                            + " {} of at most {} hang. It is tried again{}",
                    resource,
                    limits.attemptMax().toMillis(),
                    hanging,
                    limits.attemptsMax(),
                    more));
            throw tooLate;
        }
    }
}
