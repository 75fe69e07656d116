package dev.assent.outbox.relay;

import dev.assent.outbox.jdbc.JdbcOutboxStore;
import dev.assent.outbox.jdbc.OutboxSchema;
import dev.assent.outbox.kafka.KafkaPublisher;
import dev.assent.outbox.lease.ZnodeShardLeases;
import dev.assent.outbox.purge.Purger;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs one relay instance in the foreground, until SIGTERM. */
@Command(
        name = "assent relay",
        mixinStandardHelpOptions = true,
        version = "Assent 0.1.0",
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
            "  coordination.connect, coordination.sessionMillis [4000], coordination.credentials[File]",
            "  poll.millis [20], poll.idleMillis [100], batch.records [500], batch.bytes [4194304]",
            "  record.bytes [1048576], retry.firstMillis [200], retry.longestMillis [60000], retry.attempts [10]",
            "  retry.exhausted [stop-key] or dead-letter, deadletter.topic",
            "  giveup.millis [15000]    after so long a stalled shard is offered to the other instances",
            "  purge [on] or off        forget old rows of assent_inbox, assent_request, assent_token:",
            "  purge.inboxDays [30], purge.replayWindowDays [14], purge.requestDays [7],",
            "  purge.trustReplayWindow [false]   true: offsets are never reset further back, whatever topics keep",
            "  purge.everySeconds [60], purge.batchRows [5000], purge.batches [50]"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "logback.configurationFile";
    private static final int CONNECT_SECONDS_MAX = 5;
    private static final int READ_SECONDS_MAX = 10;

    @Parameters(paramLabel = "relay.properties", description = "what to relay, from where to where")
    private Path file = Path.of("relay.properties");

    /** What the process ends with, which a signal alone does not change. */
    private final AtomicInteger exitCode = new AtomicInteger(CommandLine.ExitCode.OK);

    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, "dev/assent/outbox/relay/logback.xml");
        }
        Main relay = new Main();
        CommandLine command = new CommandLine(relay);
        command.setExecutionExceptionHandler((failure, line, result) -> {
            line.getErr().println("assent relay: " + failure.getMessage());
            return relay.failed(failure);
        });
        System.exit(command.execute(args));
    }

    private int failed(Exception failure) {
        int code = failure instanceof IllegalArgumentException
                ? CommandLine.ExitCode.USAGE
                : CommandLine.ExitCode.SOFTWARE;
        exitCode.set(code);
        return code;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RelayProperties.Parts parts = new RelayProperties(read(file)).parts(defaultInstance());
        DataSource database = database(parts);
        installIfAsked(database, parts.database());
        CountDownLatch ended = new CountDownLatch(1);
        OutboxRelay relay = new OutboxRelay(
                parts.relay(),
                new JdbcOutboxStore(database),
                new KafkaPublisher(parts.kafka()),
                new ZnodeShardLeases(parts.leases()));
        Optional<Purger> purger = parts.purge().map(settings -> new Purger(database, settings));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(relay, purger, ended), "relay-shutdown"));
        int shards = relay.start();
        purger.ifPresent(Purger::start);
        System.out.println("assent relay " + parts.relay().relay() + " serves: instance "
                + parts.relay().instance() + ", " + shards + " shards, database "
                + parts.database().url() + ", kafka "
                + parts.kafka().kafka().get("bootstrap.servers") + ", coordination "
                + parts.leases().connect());
        ended.await();
        return CommandLine.ExitCode.OK;
    }

    /** A signal would make the JVM exit with 128 + its number; a stop that was asked for is a success. */
    private void close(OutboxRelay relay, Optional<Purger> purger, CountDownLatch ended) {
        try {
            purger.ifPresent(Purger::close);
            relay.close();
        } catch (IOException e) {
            // Logging may have been shut down already.
            System.err.println("assent relay: did not close cleanly: " + e.getMessage());
        } finally {
            ended.countDown();
            Runtime.getRuntime().halt(exitCode.get());
        }
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": name a readable properties file", e);
        }
        return properties;
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
