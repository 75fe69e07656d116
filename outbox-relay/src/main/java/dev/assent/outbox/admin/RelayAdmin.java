package dev.assent.outbox.admin;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.AdminSource;
import dev.assent.admin.view.Audit;
import dev.assent.admin.view.AuditEntry;
import dev.assent.admin.view.Backlog;
import dev.assent.admin.view.DeadLetter;
import dev.assent.admin.view.DeadLetters;
import dev.assent.admin.view.Outbox;
import dev.assent.admin.view.OutboxShard;
import dev.assent.admin.view.Parked;
import dev.assent.metrics.Metric;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.outbox.jdbc.OutboxOperations;
import dev.assent.outbox.jdbc.WaitingRows;
import dev.assent.outbox.lease.RelayAudit;
import dev.assent.outbox.relay.OutboxRelay;
import dev.assent.outbox.relay.RelayStatus;
import dev.assent.outbox.relay.ShardStatus;
import dev.assent.time.Clock;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running relay, shown. The table is looked at every {@value #LOOK_SECONDS} s on a thread of its own, so that a database
 * that hangs holds up nobody who asks. Thread-safe.
 */
public final class RelayAdmin implements AdminSource {
    public static final int LOOK_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(RelayAdmin.class);

    private final OutboxRelay relay;
    private final DataSource database;
    private final OutboxOperations operations;
    private final RelayAudit audit;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor looking;
    private volatile Optional<Seen> seen = Optional.empty();

    /** What the last look saw, or why it saw nothing. */
    private record Seen(Optional<WaitingRows> rows, List<Parked> parked, Optional<String> problem, Instant at) {}

    /** @param audit closed with this */
    public RelayAdmin(OutboxRelay relay, DataSource database, RelayAudit audit, Clock clock) {
        this.relay = relay;
        this.audit = audit;
        this.database = database;
        this.operations = new OutboxOperations(database);
        this.clock = clock;
        this.looking = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "assent-admin-outbox");
            thread.setDaemon(true);
            return thread;
        });
        var unused = looking.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** The boundary of the thread that looks. */
    private void look() {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        try {
            WaitingRows rows = WaitingRows.read(database);
            List<Parked> parked =
                    operations.parkedKeys().stream().map(RelayAdmin::parked).toList();
            seen = Optional.of(new Seen(Optional.of(rows), parked, Optional.empty(), now));
        } catch (SQLException | RuntimeException failed) {
            LOG.debug("the outbox cannot be looked at", failed);
            seen = Optional.of(
                    new Seen(Optional.empty(), List.of(), Optional.of(String.valueOf(failed.getMessage())), now));
        }
    }

    private static Parked parked(OutboxOperations.ParkedKey key) {
        return new Parked(
                key.key().value(),
                key.shard().number(),
                key.seq(),
                key.failures(),
                key.state().name(),
                key.reason(),
                key.since());
    }

    @Override
    public Map<Act, Action> actions() {
        return new RelayActs(operations, audit, relay.status().relay()).all();
    }

    @Override
    public DeadLetters deadLetters() {
        try {
            return new DeadLetters(
                    operations.deadLettersWithoutBodies().stream()
                            .map(RelayAdmin::letter)
                            .toList(),
                    Optional.empty());
        } catch (SQLException failed) {
            return new DeadLetters(List.of(), Optional.of(String.valueOf(failed.getMessage())));
        }
    }

    private static DeadLetter letter(OutboxOperations.DeadLetter letter) {
        return new DeadLetter(
                letter.seq(),
                letter.message().key().value(),
                letter.message().topic(),
                letter.message().attributes().type(),
                letter.failures(),
                letter.reason(),
                letter.replayedAsSeq());
    }

    @Override
    public Audit audit(int limit) throws IOException {
        List<AuditEntry> entries = new ArrayList<>();
        for (RelayAudit.Kept kept : audit.latest(limit)) {
            RelayAudit.Deed deed = kept.deed();
            entries.add(
                    0,
                    new AuditEntry(
                            Instant.ofEpochMilli(kept.epochMillis()),
                            deed.operator(),
                            deed.action(),
                            deed.subject(),
                            deed.reason(),
                            kept.result()));
        }
        return new Audit(entries);
    }

    @Override
    public String kind() {
        return "relay";
    }

    @Override
    public String name() {
        RelayStatus now = relay.status();
        return now.relay() + " " + now.instance();
    }

    /** One that serves no shard is ready all the same, if others serve them; one whose every shard waits is not. */
    @Override
    public Optional<String> obstacle() {
        RelayStatus now = relay.status();
        if (now.shards().isEmpty() || now.serving() > 0) {
            return Optional.empty();
        }
        return Optional.of("none of its shards can be served: "
                + now.shards().get(0).lastProblem().orElse("they are being taken over"));
    }

    @Override
    public Optional<dev.assent.admin.view.RelayStatus> relay() {
        RelayStatus now = relay.status();
        return Optional.of(new dev.assent.admin.view.RelayStatus(now.relay(), now.instance(), now.serving()));
    }

    @Override
    public Outbox outbox() {
        RelayStatus now = relay.status();
        Optional<Seen> last = seen;
        return new Outbox(
                Optional.of(now.relay()),
                Optional.of(now.instance()),
                now.shards().stream().map(RelayAdmin::shard).toList(),
                last.map(RelayAdmin::backlog),
                last.map(Seen::parked).orElse(List.of()));
    }

    private static Backlog backlog(Seen last) {
        return new Backlog(
                last.rows().map(WaitingRows::rows),
                last.rows().map(WaitingRows::bytes),
                last.rows().map(rows -> rows.oldestSeconds().orElse(0)),
                last.problem(),
                last.at());
    }

    private static OutboxShard shard(ShardStatus status) {
        return new OutboxShard(
                status.lease().shard().number(),
                status.lease().epoch().number(),
                status.state().name(),
                status.published(),
                status.refusals(),
                status.held().keys(),
                status.held().records(),
                status.lastProblem());
    }

    /** What the relay has to do, for the metrics of its process; not a number while the table cannot be read. */
    public void measure(ProcessMetrics metrics) {
        metrics.gauge(Metric.OUTBOX_SHARDS, () -> relay.status().serving());
        metrics.gauge(
                Metric.OUTBOX_ROWS,
                () -> seen.flatMap(Seen::rows).map(rows -> (double) rows.rows()).orElse(Double.NaN));
        metrics.gauge(Metric.OUTBOX_BYTES, () -> seen.flatMap(Seen::rows)
                .map(rows -> (double) rows.bytes())
                .orElse(Double.NaN));
        metrics.gauge(Metric.OUTBOX_LAG, () -> seen.flatMap(Seen::rows)
                .map(WaitingRows::oldestSeconds)
                .map((OptionalLong seconds) -> (double) seconds.orElse(0))
                .orElse(Double.NaN));
    }

    @Override
    public void close() {
        looking.shutdownNow();
        audit.close();
    }
}
