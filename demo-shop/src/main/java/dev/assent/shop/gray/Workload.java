package dev.assent.shop.gray;

import dev.assent.rm.Assent;
import dev.assent.shop.gray.Transfers.Place;
import dev.assent.store.NodeStat;
import dev.assent.store.StoreSession;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.postgresql.xa.PGXADataSource;

/** Those who work in a scene. */
final class Workload {
    /** How long a commit waits for phase 2, and how long a transaction may take. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    static final int TIMEOUT_SECONDS = 5;

    /** Beyond what was promised, for the machine. */
    static final Duration TOLERANCE = Duration.ofSeconds(1);

    private static final String BULK = "/gray-bulk";
    private static final int BULK_BYTES = 100_000;
    private static final int POOL = 60;
    private static final int SESSIONS_AT_EACH = 10;
    private static final int WRITERS_AT_EACH = 2;
    private static final Duration WRITE_PAUSE = Duration.ofMillis(20);
    private static final Duration TRANSFER_PAUSE = Duration.ofMillis(50);
    private static final int TRANSFERRERS = 2;
    /** One in three attempts places a connection where it should be, so that this many fail once in 10,000 times. */
    private static final int PLACINGS_MAX = 25;

    private final Stage stage;
    private final Scene scene;

    Workload(Stage stage, Scene scene) {
        this.stage = stage;
        this.scene = scene;
    }

    /** Sessions at every server. */
    void holdSessions() throws IOException, InterruptedException {
        Sessions sessions = new Sessions();
        scene.sessions(sessions);
        for (int server : StoreEnsemble.ids()) {
            sessions.open(stage.store(), server, SESSIONS_AT_EACH);
        }
    }

    /** Bystanders that write znodes at those servers. */
    void writeAt(List<Integer> servers) throws IOException, InterruptedException {
        for (int server : servers) {
            Sessions session = new Sessions();
            StoreSession client = session.connect(stage.store(), server);
            scene.atEnd(client::close);
            String path = "/gray-written-at-" + server;
            Sessions.createIfMissing(client, path);
            scene.bystander(Callers.start("writers at server " + server, WRITERS_AT_EACH, WRITE_PAUSE, () -> {
                client.await(client.setData(path, new byte[64], -1), "writing");
                return true;
            }));
        }
    }

    /** Writers that begin at a server which is about to stall: they are answered, if only by a lost connection. */
    void writeInVainAt(int server) throws IOException, InterruptedException {
        Sessions session = new Sessions();
        StoreSession client = session.connect(stage.store(), server);
        scene.atEnd(client::close);
        String path = "/gray-written-at-" + server;
        Sessions.createIfMissing(client, path);
        Callers callers = Callers.start("writers at the victim", WRITERS_AT_EACH, WRITE_PAUSE, () -> {
            client.await(client.setData(path, new byte[64], -1), "writing");
            return true;
        });
        scene.affected(callers);
        scene.patience(
                callers.name(),
                callers.meter(),
                Duration.ofMillis(Sessions.TIMEOUT_MILLIS).plus(TOLERANCE));
    }

    /** Writes of some weight, so that what is not taken by a stalled server piles up: several MB a second. */
    void writeMuchAt(int server) throws IOException, InterruptedException {
        Sessions session = new Sessions();
        StoreSession client = session.connect(stage.store(), server);
        scene.atEnd(client::close);
        Sessions.createIfMissing(client, BULK);
        scene.affected(Callers.start("writers of much", WRITERS_AT_EACH, WRITE_PAUSE, () -> {
            client.await(client.setData(BULK, new byte[BULK_BYTES], -1), "writing much");
            return true;
        }));
    }

    /** A coordinator in this process, with short time-outs. */
    Assent embedded() {
        Assent assent = start(configuration());
        scene.atEnd(assent::close);
        return assent;
    }

    private TxConfig configuration() {
        TxConfig standard = TxConfig.of(stage.store().connectString());
        return standard.withPatience(PATIENCE)
                .withStore(standard.store().withSessionTimeout(Duration.ofMillis(Sessions.TIMEOUT_MILLIS)));
    }

    private static Assent start(TxConfig config) {
        return Assent.over(EmbeddedTransactionService.start(config));
    }

    /**
     * The same, with its connection at one of those servers to begin with. It knows all of them, and the official client
     * takes any: so it is started anew until it is where it should be.
     */
    Assent embeddedAt(List<Integer> servers) throws IOException {
        for (int attempt = 0; attempt < PLACINGS_MAX; attempt++) {
            Map<Integer, Integer> before = stage.store().connections();
            Assent assent = start(configuration());
            Map<Integer, Integer> after = stage.store().connections();
            List<Integer> joined = StoreEnsemble.ids().stream()
                    .filter(id -> !Objects.equals(before.get(id), after.get(id)))
                    .toList();
            if (joined.size() == 1 && servers.contains(joined.get(0))) {
                scene.atEnd(assent::close);
                return assent;
            }
            assent.close();
        }
        throw new IOException("no coordinator's connection could be seen at servers " + servers + " in " + PLACINGS_MAX
                + " attempts");
    }

    /** This process as a service of the coordinator nodes. */
    Assent remote() throws IOException, InterruptedException {
        Assent assent = Assent.over(RemoteTransactionService.connect(RemoteConfig.of(stage.nodes(), "gray-caller")));
        scene.atEnd(assent::close);
        return assent;
    }

    Place place(Assent assent, Databases.Name name) throws SQLException {
        PGXADataSource database = new PGXADataSource();
        database.setUrl(stage.databases().url(name));
        return Place.of(
                assent.pool("gray-" + name.name().toLowerCase(Locale.ROOT), database, POOL),
                stage.databases().url(name));
    }

    /** The right database, through the service that takes part. */
    Place throughAgent(Assent assent) throws IOException, InterruptedException {
        var unused = stage.agent();
        HttpClient http = HttpClient.newHttpClient();
        URI target = URI.create("http://127.0.0.1:" + stage.agentPort() + "/transfer");
        return new Place(
                id -> post(http, target, assent.transactions().token().orElse("") + " " + id),
                stage.databases().url(Databases.Name.RIGHT));
    }

    private static void post(HttpClient http, URI target, String body) throws SQLException {
        HttpRequest request = HttpRequest.newBuilder(target)
                .timeout(Duration.ofSeconds(TIMEOUT_SECONDS))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                throw new SQLException("the service answered " + status);
            }
        } catch (IOException silent) {
            throw new SQLException("the service did not answer: " + silent.getMessage(), silent);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", interrupted);
        }
    }

    /** Bystanders that transfer between two places. */
    void transfer(String name, Assent assent, Place first, Place second) {
        Transfers transfers = transfers(name, assent, first, second);
        scene.bystander(Callers.start(name, TRANSFERRERS, TRANSFER_PAUSE, transfers::run));
    }

    /** So many callers that may achieve nothing, but are to be answered. */
    void transferInVain(String name, int callers, Assent assent, Place first, Place second) {
        Transfers transfers = transfers(name, assent, first, second);
        Callers affected = Callers.start(name, callers, TRANSFER_PAUSE, transfers::run);
        scene.affected(affected);
        scene.patience(
                name + ", begin to end",
                affected.meter(),
                Duration.ofSeconds(TIMEOUT_SECONDS).plus(PATIENCE).plus(TOLERANCE));
    }

    private Transfers transfers(String name, Assent assent, Place first, Place second) {
        Meter commits = new Meter();
        Transfers transfers = new Transfers(assent.transactions(), first, second, TIMEOUT_SECONDS, commits);
        scene.transfers(transfers);
        scene.patience("commits of " + name, commits, PATIENCE.plus(TOLERANCE));
        return transfers;
    }

    /** Makes enough writes at that server that a snapshot falls due everywhere; returns when they are done. */
    static void bringSnapshotAbout(Stage stage, int server) throws IOException, InterruptedException {
        Sessions session = new Sessions();
        StoreSession client = session.connect(stage.store(), server);
        try {
            Sessions.createIfMissing(client, BULK);
            Semaphore window = new Semaphore(500);
            for (int i = 0; i <= StoreEnsemble.SNAPSHOT_EVERY; i++) {
                window.acquire();
                CompletableFuture<NodeStat> unused =
                        client.setData(BULK, new byte[256], -1).whenComplete((stat, failed) -> window.release());
            }
            window.acquire(500);
        } finally {
            client.close();
        }
    }
}
