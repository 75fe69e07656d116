package dev.assent.outbox.purge;

import dev.assent.outbox.jdbc.BoundedConnection;
import dev.assent.outbox.jdbc.OldRows;
import dev.assent.outbox.policy.Throttle;
import dev.assent.outbox.purge.Retentions.Retention;
import dev.assent.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Purges the tables of one database now and then, on a thread of its own. The inbox remembers longer than its setting
 * where messages of a consumed topic can come again for longer. Several may run over one database: each skips
 * what another has in hand. Started once, closed once.
 */
public final class Purger implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Purger.class);
    private static final Duration STATEMENT_MAX = Duration.ofSeconds(30);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);
    /** A database that cannot be purged is told of again after this time. */
    private static final Duration TOLD_EVERY = Duration.ofMinutes(10);

    /** How often consumers ask how long their topics keep messages. */
    private static final Duration READ_EVERY = Duration.ofMinutes(10);

    private static final String INBOX = "assent_inbox";
    private static final String WINDOWS = "assent_inbox_window";

    private final DataSource database;
    private final PurgeSettings settings;
    private final Optional<Retentions> retentions;
    private final ScheduledThreadPoolExecutor runs;
    private final Throttle failures = new Throttle(1, TOLD_EVERY);
    private final Throttle backlogs = new Throttle(1, TOLD_EVERY);
    private final Throttle unbounded = new Throttle(1, TOLD_EVERY);
    private final Throttle windowless = new Throttle(1, TOLD_EVERY);
    private final AtomicLong rows = new AtomicLong();
    /** Used by the purge's thread only, as is the other. */
    private Optional<Long> readAtNanos = Optional.empty();

    private Duration toldInbox;

    /** Goes by the settings, and by what consumers of the same database have told of their topics. */
    public Purger(DataSource database, PurgeSettings settings) {
        this(database, settings, Optional.empty());
    }

    /** As the other, and tells of the topics that {@code retentions} knows. */
    public Purger(DataSource database, PurgeSettings settings, Retentions retentions) {
        this(database, settings, Optional.of(retentions));
    }

    private Purger(DataSource database, PurgeSettings settings, Optional<Retentions> retentions) {
        this.database = database;
        this.settings = settings;
        this.retentions = retentions;
        this.toldInbox = settings.inbox();
        this.runs = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "outbox-purge");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A table, and the column that tells how old its rows are. */
    private record Purged(String table, String time, Duration kept) {
        String sql() {
            return OldRows.deletion(table, time + " < now() - ? * interval '1 millisecond'", time);
        }
    }

    /** The first run comes soon, the others regularly. */
    public void start() {
        long everyMillis = settings.every().toMillis();
        ScheduledFuture<?> unused = runs.scheduleWithFixedDelay(
                this::run, Math.min(everyMillis, 1_000), everyMillis, TimeUnit.MILLISECONDS);
    }

    /** Rows forgotten since the start. */
    public long rows() {
        return rows.get();
    }

    /** The boundary of the purge's thread. */
    private void run() {
        try (BoundedConnection connection = BoundedConnection.open(database, STATEMENT_MAX)) {
            purge(connection, new Purged("assent_request", "asked_at", settings.requests()));
            purge(connection, new Purged("assent_token", "expires_at", Duration.ZERO));
            Optional<Duration> inbox = inboxKept(connection);
            if (inbox.isPresent()) {
                purge(connection, new Purged(INBOX, "seen_at", inbox.get()));
            }
        } catch (SQLException | IOException | RuntimeException e) {
            OptionalLong before = failures.tell(Clock.SYSTEM.nanos());
            before.ifPresent(kept -> LOG.warn(
                    "the inbox's tables are not purged, and grow ({} runs failed before): {}", kept, e.getMessage()));
        }
    }

    /** How long seen messages are remembered; empty if for ever. */
    private Optional<Duration> inboxKept(BoundedConnection connection) throws SQLException, IOException {
        if (settings.isReplayBounded()) {
            return Optional.of(settings.inbox());
        }
        if (!exists(connection, WINDOWS)) {
            tellWindowsMissing(connection);
            return Optional.empty();
        }
        readRetentions(connection);
        Optional<Retention> longest = ReplayWindows.longest(connection);
        if (longest.isEmpty()) {
            return Optional.of(settings.inbox());
        }
        String topic = longest.get().topic();
        Optional<Duration> kept = longest.get().longest().map(this::inboxKept);
        if (kept.isEmpty()) {
            unbounded
                    .tell(Clock.SYSTEM.nanos())
                    .ifPresent(before -> LOG.warn(
                            "assent_inbox is not purged, and grows: topic {} keeps messages for ever, and each can come"
                                    + " again. If offsets are never reset further back than {} days, say so with"
                                    + " purge.trustReplayWindow=true; if nobody consumes it here any more, delete its row"
                                    + " in {}",
                            topic,
                            settings.replayWindow().toDays(),
                            WINDOWS));
        } else if (!kept.get().equals(toldInbox)) {
            toldInbox = kept.get();
            LOG.info("the inbox remembers for {} h: messages of topic {} can come again", toldInbox.toHours(), topic);
        }
        return kept;
    }

    /** A schema of an earlier release has the inbox without it; a database without an inbox needs neither. */
    private void tellWindowsMissing(BoundedConnection connection) throws SQLException {
        if (exists(connection, INBOX)) {
            windowless
                    .tell(Clock.SYSTEM.nanos())
                    .ifPresent(before -> LOG.warn(
                            "assent_inbox is not purged, and grows: table {} is missing, so nothing tells how long the"
                                    + " consumed topics keep messages. Apply inbox.sql again; or, if offsets are never"
                                    + " reset further back than {} days, say so with purge.trustReplayWindow=true",
                            WINDOWS,
                            settings.replayWindow().toDays()));
        }
    }

    private Duration inboxKept(Duration topicKeeps) {
        Duration needed = topicKeeps.plus(PurgeSettings.MARGIN);
        return needed.compareTo(settings.inbox()) > 0 ? needed : settings.inbox();
    }

    private void readRetentions(BoundedConnection connection) throws SQLException, IOException {
        long now = Clock.SYSTEM.nanos();
        boolean isDue = readAtNanos.isEmpty() || now - readAtNanos.get() >= READ_EVERY.toNanos();
        if (retentions.isPresent() && isDue) {
            ReplayWindows.tell(connection, retentions.get().read());
            readAtNanos = Optional.of(now);
        }
    }

    private void purge(BoundedConnection connection, Purged table) throws SQLException {
        if (!exists(connection, table.table())) {
            return;
        }
        for (int batch = 0; batch < settings.batchesMax() && !runs.isShutdown(); batch++) {
            int deleted = delete(connection, table);
            rows.addAndGet(deleted);
            if (deleted < settings.batchRows()) {
                return;
            }
        }
        backlogs.tell(Clock.SYSTEM.nanos())
                .ifPresent(before -> LOG.info(
                        "more rows of {} are old enough to be forgotten than a run takes ({} of {} rows); the next goes on",
                        table.table(),
                        settings.batchesMax(),
                        settings.batchRows()));
    }

    private static boolean exists(BoundedConnection connection, String table) throws SQLException {
        try (PreparedStatement select = connection.prepare("SELECT to_regclass(?) IS NOT NULL")) {
            select.setString(1, table);
            try (ResultSet found = select.executeQuery()) {
                found.next();
                return found.getBoolean(1);
            }
        }
    }

    private int delete(BoundedConnection connection, Purged table) throws SQLException {
        try (PreparedStatement delete = connection.prepare(table.sql())) {
            delete.setLong(1, table.kept().toMillis());
            delete.setInt(2, settings.batchRows());
            return delete.executeUpdate();
        }
    }

    /** Ends after the batch in hand, or leaves it to end by itself. */
    @Override
    public void close() {
        runs.shutdown();
        try {
            if (!runs.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("the last batch of a purge still waits for the database");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
