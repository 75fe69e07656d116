package dev.assent.shop.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import dev.assent.rm.Assent;
import dev.assent.shop.gray.AgentMain;
import dev.assent.shop.gray.Transfers;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import dev.assent.tx.api.Protocol;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.remote.agent.AcceptorConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/**
 * Three services, this JVM among them, each with a database and an acceptor's log; and one process that is coordinator,
 * every node and the whole store. It is killed with SIGKILL after the preCommit was accepted, and before it hears that: the
 * acceptors' answers pass through this test's hands.
 */
class ThreePhaseKillIT {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String OWN = "own";
    private static final List<String> OTHERS = List.of("left", "right");
    private static final int ACCEPTED = 6;

    @TempDir
    Path directory;

    private final Processes processes = new Processes();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<TcpProxy> ways = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private FreePorts ports;
    private PostgresServer postgres;
    private int nodePort;
    private final List<Integer> httpPorts = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Each test begins with it, see own().
    private Assent assent;

    @SuppressWarnings("NullAway.Init") // As above.
    private DataSource pool;

    @BeforeEach
    void start() throws Exception {
        ports = new FreePorts(new SplittableRandom());
        postgres = PostgresServer.start(
                processes.of(Tier.PLATFORM),
                PostgresServer.Programs.unpackInto(directory.resolve("programs")),
                "postgres",
                directory.resolve("postgres"),
                ports.next());
        nodePort = ports.next();
        node();
        for (String name : List.of(OWN, "left", "right")) {
            postgres.createDatabase(name);
            Transfers.createTable(postgres.jdbcUrl(name));
        }
        for (String name : OTHERS) {
            participant(name);
        }
    }

    /** @param patience how long a commit whose answer was lost asks for the outcome */
    private void own(Duration patience) throws Exception {
        int acceptorPort = ports.next();
        RemoteConfig config = new RemoteConfig(
                        List.of("127.0.0.1:" + nodePort), OWN, PATIENCE, PATIENCE, patience, 1_000)
                .withAcceptor(new AcceptorConfig(
                        log(OWN),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), acceptorPort),
                        Optional.of(way(acceptorPort).address()),
                        false));
        assent = Assent.over(RemoteTransactionService.connect(config));
        open.add(assent);
        PGXADataSource database = new PGXADataSource();
        database.setUrl(postgres.jdbcUrl(OWN));
        pool = assent.pool(OWN, database, 8);
        for (String name : OTHERS) {
            processes.named(name).awaitReady(START);
        }
    }

    private void node() throws Exception {
        Path home = Files.createDirectories(directory.resolve("node"));
        Path properties = Files.write(
                home.resolve("node.properties"),
                List.of("listen=127.0.0.1:" + nodePort, "coordination.dataDir=data", "acceptor.directory=acceptor"));
        String unused = processes
                .of(Tier.NODES)
                .start(
                        "node",
                        JavaCommand.of(dev.assent.tx.node.Main.class, "-Xmx192m")
                                .with(properties)
                                .words(),
                        home,
                        home.resolve("node.log"),
                        Pattern.compile(" serves services on "))
                .awaitReady(START);
    }

    private void participant(String name) throws IOException {
        int port = ports.next();
        int acceptorPort = ports.next();
        httpPorts.add(port);
        Path home = Files.createDirectories(directory.resolve(name));
        ChildProcess unused = processes
                .of(Tier.SERVICES)
                .start(
                        name,
                        JavaCommand.of(AgentMain.class, "-Xmx128m")
                                .with(
                                        Integer.toString(port),
                                        "127.0.0.1:" + nodePort,
                                        postgres.jdbcUrl(name),
                                        name,
                                        log(name).toString(),
                                        Integer.toString(acceptorPort),
                                        way(acceptorPort).address())
                                .words(),
                        home,
                        home.resolve("agent.log"),
                        Pattern.compile(AgentMain.READY_LINE));
    }

    private TcpProxy way(int acceptorPort) throws IOException {
        TcpProxy way = new TcpProxy(acceptorPort);
        open.add(way);
        ways.add(way);
        return way;
    }

    private Path log(String name) {
        return directory.resolve(name + "-acceptor");
    }

    @AfterEach
    void stop() throws Exception {
        ways.forEach(TcpProxy::letAnswersPass);
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
        processes.close();
    }

    /** A transaction under way, with a row in each of the databases. */
    private record Begun(UUID row, String gtrid, CompletableFuture<Boolean> committed) {}

    /** On a thread of its own: it works, and asks for the commit once all have. */
    private Begun begin(UUID row) throws Exception {
        CompletableFuture<String> named = new CompletableFuture<>();
        CompletableFuture<Boolean> committed = CompletableFuture.supplyAsync(() -> {
            try {
                assent.transactions().begin(Protocol.THREE_PHASE);
                String token = assent.transactions().token().orElseThrow();
                for (int port : httpPorts) {
                    assertThat(transfer(port, token, row)).isEqualTo(200);
                }
                try (Connection connection = pool.getConnection();
                        PreparedStatement insert =
                                connection.prepareStatement("insert into gray_transfer values (?)")) {
                    insert.setObject(1, row);
                    insert.executeUpdate();
                }
                named.complete(TransactionToken.parse(token).toHex());
                assent.transactions().commit();
                return true;
            } catch (Exception failed) {
                named.completeExceptionally(failed);
                throw new AssertionError(failed);
            }
        });
        return new Begun(row, named.get(120, TimeUnit.SECONDS), committed);
    }

    private int transfer(int port, String token, UUID row) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/transfer"))
                                .POST(HttpRequest.BodyPublishers.ofString(token + " " + row))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private boolean hasAccepted(String name, String gtrid) {
        try {
            String bytes = Files.readString(log(name).resolve("acceptor.log"), StandardCharsets.ISO_8859_1);
            String id = new String(HexFormat.of().parseHex(gtrid), StandardCharsets.ISO_8859_1);
            return bytes.contains((char) 1 + id + (char) ACCEPTED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long number(String database, String query) {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long prepared() {
        return number(OWN, "select count(*) from pg_prepared_xacts"); // of the whole server
    }

    private long rows(UUID row) {
        long sum = 0;
        for (String name : List.of(OWN, "left", "right")) {
            sum += number(name, "select count(*) from gray_transfer where id = '" + row + "'");
        }
        return sum;
    }

    /** All acceptors have COMMIT on their disks, and the coordinator has heard of none. */
    private Begun preCommitted() throws Exception {
        ways.forEach(TcpProxy::holdAnswers);
        Begun begun = begin(UUID.randomUUID());
        Eventually.soon("all have accepted", () -> List.of(OWN, "left", "right").stream()
                .allMatch(name -> hasAccepted(name, begun.gtrid())));
        assertThat(prepared()).isEqualTo(3);
        return begun;
    }

    private void kill(String name) throws InterruptedException {
        processes.named(name).kill();
    }

    @Test
    void three_services_end_a_transaction_whose_coordinator_nodes_and_store_are_killed_after_pre_commit()
            throws Exception {
        own(PATIENCE);
        Begun first = begin(UUID.randomUUID());
        assertThat(first.committed().get(120, TimeUnit.SECONDS)).isTrue();
        assertThat(rows(first.row())).isEqualTo(3);
        Begun transaction = preCommitted();

        kill("node");
        long killedNanos = System.nanoTime();
        ways.forEach(TcpProxy::letAnswersPass);

        Eventually.soon("no branch is prepared", () -> prepared() == 0);
        System.out.printf(
                "three services, coordinator and store dead: ended %d ms after the kill%n",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNanos));
        assertThat(rows(transaction.row())).isEqualTo(3);
        assertThat(transaction.committed().get(120, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void one_service_of_three_decides_nothing_and_two_do() throws Exception {
        own(Duration.ofSeconds(3));
        Begun first = begin(UUID.randomUUID());
        assertThat(first.committed().get(120, TimeUnit.SECONDS)).isTrue();
        Begun transaction = preCommitted();

        ways.forEach(TcpProxy::shut); // each reaches its own acceptor only
        kill("node");
        kill("left");
        ways.forEach(TcpProxy::letAnswersPass);

        assertThat(transaction.committed()).failsWithin(PATIENCE); // its outcome is unknown
        assertThat(prepared()).isEqualTo(3);
        assertThat(rows(transaction.row())).isZero();

        ways.get(1).open(); // that of the other one that lives: two of three
        Eventually.soon("all that lives has ended", () -> prepared() == 1);
        assertThat(rows(transaction.row())).isEqualTo(2);

        node(); // and the one that was killed is ended for it, or by itself
        participant("left");
        processes.named("left").awaitReady(START);
        Eventually.soon("the last branch has ended", () -> prepared() == 0);
        assertThat(rows(transaction.row())).isEqualTo(3);
    }
}
