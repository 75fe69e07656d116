package dev.assent.outbox.relay;

import dev.assent.admin.AdminServer;
import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Foreground;
import dev.assent.command.Version;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.outbox.admin.RelayAdmin;
import dev.assent.outbox.jdbc.JdbcOutboxStore;
import dev.assent.outbox.jdbc.OutboxSchema;
import dev.assent.outbox.kafka.KafkaPublisher;
import dev.assent.outbox.lease.RelayAudit;
import dev.assent.outbox.lease.ZnodeShardLeases;
import dev.assent.outbox.purge.Purger;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one relay instance in the foreground, until SIGTERM. */
@Command(
        name = "assent relay",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = "Publishes the outbox of a PostgreSQL database to Kafka, in order per key.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or SIGINT",
            "1:cannot start: the database, the brokers or the ensemble cannot be reached",
            "2:wrong configuration or usage"
        },
        footerHeading = "%nProperties (defaults in brackets):%n",
        footer = {
            "  relay.name, relay.instance [host-pid]",
            "  database.url, database.user, database.password or database.passwordFile",
            "  schema.shards            install the schema with so many shards if it is missing",
            "  kafka.bootstrap.servers, kafka.*",
            "  coordination.connect, coordination.sessionTimeout [4s], coordination.credentials[File]",
            "  coordination.tls.certificate, .key, .trust   PEM files: TLS with the ensemble's secureClientPorts",
            "  coordination.tls.server [member] or host: Apache ZooKeeper's servers are known by their hosts",
            "  poll.busy [20ms], poll.idle [100ms], batch.records [500], batch.size [4MB], record.size [1MB]",
            "  retry.first [200ms], retry.longest [1m], retry.attempts [10]",
            "  retry.exhausted [stop-key] or dead-letter, deadletter.topic",
            "  giveup.after [15s]       after so long a stalled shard is offered to the other instances",
            "  admin.listen [127.0.0.1:0]  where health, metrics and the admin API are served (0: any free port); or off",
            "  admin.tokens             who may read and act there ('assent admin token' makes its lines); without it",
            "                           everybody on this machine reads, and who reads <this file>.operator.token acts",
            "  admin.hosts              names of this host that requests may be sent to, besides addresses",
            "  traces.kept [0]          so many traces are kept in memory, to be shown there; 0: no spans are made",
            "  admin.tls.certificate, admin.tls.key, admin.tls.trust   serves it over TLS",
            "  insecure [false]         true: admin.listen may be beyond the loopback interface without those two",
            "  purge [on] or off        forget old rows of assent_inbox, assent_request, assent_token:",
            "  purge.inbox [30d], purge.replayWindow [14d], purge.requests [7d],",
            "  purge.trustReplayWindow [false]   true: offsets are never reset further back, whatever topics keep",
            "  purge.every [1m], purge.batchRows [5000], purge.batches [50]"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/outbox/relay/logback.xml";
    private static final int CONNECT_SECONDS_MAX = 5;
    private static final int READ_SECONDS_MAX = 10;

    @Parameters(paramLabel = "relay.properties", description = "what to relay, from where to where")
    private Path file = Path.of("relay.properties");

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        Commands.run(Main::new, LOGGING, args);
    }

    @Override
    public Integer call() throws SettingsException, IOException, InterruptedException {
        Foreground foreground = new Foreground(spec);
        RelayProperties.Parts parts = RelayProperties.read(file, defaultInstance());
        DataSource database = database(parts);
        installIfAsked(database, parts.database());
        OutboxRelay relay = new OutboxRelay(
                parts.relay(),
                new JdbcOutboxStore(database),
                new KafkaPublisher(parts.kafka()),
                new ZnodeShardLeases(parts.leases()));
        Optional<Purger> purger = parts.purge().map(settings -> new Purger(database, settings));
        AtomicReference<@Nullable AdminServer> admin = new AtomicReference<>();
        foreground.onEnd(() -> {
            AdminServer shown = admin.get();
            if (shown != null) {
                shown.close();
            }
            close(foreground, relay, purger);
        });
        int shards = start(relay, purger);
        if (parts.admin().isPresent()) {
            admin.set(show(foreground, parts, relay, database));
        }
        foreground.say("assent relay " + parts.relay().relay() + " serves: instance "
                + parts.relay().instance() + ", " + shards + " shards, database "
                + parts.database().server() + ", kafka "
                + parts.kafka().kafka().get("bootstrap.servers") + ", coordination "
                + parts.leases().connect());
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private static AdminServer show(
            Foreground foreground, RelayProperties.Parts parts, OutboxRelay relay, DataSource database)
            throws IOException {
        RelayAdmin source = new RelayAdmin(relay, database, new RelayAudit(parts.leases(), Clock.SYSTEM), Clock.SYSTEM);
        ProcessMetrics metrics = new ProcessMetrics();
        source.measure(metrics);
        AdminServer shown = AdminServer.start(parts.admin().orElseThrow(), source, List.of(relay.events()), metrics);
        foreground.say("assent relay " + parts.relay().relay() + " shows itself at " + shown.url());
        return shown;
    }

    private static int start(OutboxRelay relay, Optional<Purger> purger) throws IOException {
        int shards = relay.start();
        purger.ifPresent(Purger::start);
        return shards;
    }

    private static void close(Foreground foreground, OutboxRelay relay, Optional<Purger> purger) {
        try {
            purger.ifPresent(Purger::close);
            relay.close();
        } catch (IOException e) {
            foreground.warn("did not close cleanly: " + e.getMessage()); // logging may have been shut down already
        }
    }

    private static String defaultInstance() throws IOException {
        String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        return host + "-" + ProcessHandle.current().pid();
    }

    private static DataSource database(RelayProperties.Parts parts) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setConnectTimeout(CONNECT_SECONDS_MAX);
        database.setLoginTimeout(CONNECT_SECONDS_MAX);
        database.setSocketTimeout(READ_SECONDS_MAX);
        database.setTcpKeepAlive(true);
        database.setApplicationName("assent-relay-" + parts.relay().relay());
        database.setURL(parts.database().url());
        database.setUser(parts.database().user());
        database.setPassword(parts.database().password());
        return database;
    }

    private static void installIfAsked(DataSource database, RelayProperties.Database settings) throws IOException {
        if (settings.shardsToInstall().isEmpty()) {
            return;
        }
        try {
            OutboxSchema.install(database, settings.shardsToInstall().get());
        } catch (SQLException e) {
            throw new IOException("cannot install the outbox's schema at " + settings + ": " + e.getMessage(), e);
        }
    }
}
