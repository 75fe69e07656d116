package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.admin.AdminConfig;
import dev.assent.admin.AdminServer;
import dev.assent.admin.login.Access;
import dev.assent.admin.login.AdminRole;
import dev.assent.admin.login.SecretFile;
import dev.assent.admin.login.Token;
import dev.assent.admin.login.TokenLine;
import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.flight.FlightRecorder;
import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A node that is shown over TLS to who has a token: what it does for whom, what stands in the store of it, and in the log. */
@Timeout(300)
class NodeActionsTest {
    private static final String HOST = "127.0.0.2";

    @TempDir
    Path folder;

    private final Token reader = Token.fresh(new SecureRandom());
    private final Token operator = Token.fresh(new SecureRandom());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private TlsFiles files;
    private Security trusting;
    private HttpClient http;
    private CoordinatorNode node;
    private AdminServer admin;
    private FlightRecorder recorder;

    @SuppressWarnings("NullAway.Init") // All is started before each test.
    NodeActionsTest() {}

    @BeforeEach
    void start() throws Exception {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        root.setLevel(Level.DEBUG);
        root.addAppender(log);
        Instant now = Instant.now();
        Subject subject = new Subject(
                "left",
                List.of(new CertifiedName(Role.NODE, "left")),
                List.of(HOST),
                now,
                now.plus(Duration.ofDays(1)));
        files = Authority.create("ours", now, Duration.ofDays(10))
                .issue(subject)
                .write(folder, "left");
        trusting = Security.once(files);
        http = HttpClient.newBuilder()
                .sslContext(trusting.context(PeerRule.anyone()))
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        Path tokens = folder.resolve("admin.tokens");
        SecretFile.append(tokens, new TokenLine("ro", AdminRole.READ, reader.sha256()));
        SecretFile.append(tokens, new TokenLine("ann", AdminRole.OPERATE, operator.sha256()));
        NodeConfig config = new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "left",
                2,
                new NodeConfig.Coordination.Standalone(folder.resolve("store")),
                new NodeConfig.Timing(
                        Duration.ofSeconds(60), Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(300)));
        node = CoordinatorNode.start(config, progress -> {});
        recorder = FlightRecorder.inMemory("left", node.events().get(0));
        AdminConfig shown = new AdminConfig(
                new InetSocketAddress(InetAddress.getByName(HOST), 0),
                Access.LOCAL.withTokens(tokens).withTls(files));
        admin = NodeAdmin.show(node, config, new NodeAdminConfig(Optional.of(shown), List.of()), recorder)
                .orElseThrow();
        Eventually.soon("both shards are led", () -> node.led().size() == 2);
    }

    @AfterEach
    void no_secret_is_in_the_log_of_the_whole_run() throws Exception {
        admin.close();
        recorder.close();
        node.close();
        trusting.close();
        root.detachAppender(log);
        root.setLevel(before);
        String key = Files.readString(files.key()).lines().skip(1).findFirst().orElseThrow();
        assertThat(key).hasSizeGreaterThan(32);
        StringBuilder all = new StringBuilder();
        for (ILoggingEvent event : List.copyOf(log.list)) {
            all.append(event.getFormattedMessage()).append('\n');
        }
        assertThat(all.indexOf("left leads")).as("the run was logged").isPositive();
        for (String secret : List.of(reader.secret(), operator.secret(), key, "swordfish")) {
            assertThat(all.indexOf(secret)).as("a secret in the log").isEqualTo(-1);
        }
    }

    private HttpResponse<String> get(String path, Token token) throws IOException, InterruptedException {
        return http.send(request(path, token).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, Token token) {
        return HttpRequest.newBuilder(URI.create(admin.url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token.secret());
    }

    private HttpResponse<String> order(String path, String body, Token token) throws IOException, InterruptedException {
        return http.send(
                request(path, token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void it_speaks_tls_only_and_knows_who_asks() throws Exception {
        assertThat(admin.url()).startsWith("https://127.0.0.2:");
        assertThatThrownBy(() -> http.send(
                        HttpRequest.newBuilder(URI.create(admin.url().replace("https", "http") + "/health"))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        assertThat(get("/api/login", reader).body())
                .startsWith("{\"name\":\"ro\",\"role\":\"read\",\"loginNeeded\":true,")
                .contains("/api/transactions/resolve", "/api/transactions/retry", "/api/drain");
        assertThat(get("/api/status", Token.fresh(new SecureRandom())).statusCode())
                .isEqualTo(401);
    }

    @Test
    void who_may_only_read_drains_nothing_and_who_may_act_does_so_under_his_name() throws Exception {
        String drain = "{\"items\":[\"left\"],\"reason\":\"new kernel\",\"dryRun\":false}";

        assertThat(order("/api/drain", drain, reader).statusCode()).isEqualTo(403);
        assertThat(order("/api/drain", "{\"items\":[\"left\"]}", operator).body())
                .contains("\"result\":\"WOULD\"");
        assertThat(order("/api/drain", drain.replace("left", "right"), operator).body())
                .contains("\"result\":\"REFUSED\"");
        assertThat(get("/api/audit", reader).body()).isEqualTo("{\"entries\":[]}\n");
        assertThat(node.led()).hasSize(2);

        assertThat(order("/api/drain", drain, operator).body()).contains("\"result\":\"DONE\"");

        assertThat(node.led()).isEmpty();
        assertThat(get("/api/audit", reader).body())
                .contains("\"operator\":\"token:ann@left\",\"action\":\"drain\",\"subject\":\"node left\","
                        + "\"reason\":\"new kernel\",\"result\":\"all shards are handed over\"")
                .contains("\"result\":\"intended\"");
    }

    @Test
    void a_transaction_without_a_branch_in_doubt_is_left_and_a_name_that_is_none_is_refused() throws Exception {
        String orders = "{\"items\":[\"nonsense\"],\"reason\":\"because\",\"dryRun\":false}";

        assertThat(order("/api/transactions/resolve", orders, operator).body())
                .contains("{\"item\":\"nonsense\",\"result\":\"REFUSED\",\"lines\":[\"it is no gtrid");
        assertThat(get("/api/audit", reader).body()).isEqualTo("{\"entries\":[]}\n");
    }

    @Test
    void znodes_of_ours_are_shown_page_by_page_without_digests_and_no_others() throws Exception {
        String store = node.embeddedServer().orElseThrow().connectString();
        try (StoreSession other = StoreSession.open(
                StoreConfig.of(store).withCredential(StoreConfig.Credential.digest("bob", "swordfish")))) {
            byte[] data = "x".repeat(ShownZnode.DATA_BYTES_MAX + 1).getBytes(StandardCharsets.UTF_8);
            other.await(
                    other.create(new StoreOp.Create(
                            "/assent/bobs", data, StoreOp.Lifetime.PERSISTENT, StoreOp.Access.SHARED)),
                    "making one that bob owns");
            other.await(other.create("/assent/secret", data), "making one that bob alone reads");
        }

        assertThat(get("/api/znodes?limit=1", reader).body())
                .startsWith("{\"path\":\"/assent\",\"text\":\"\",")
                .contains("\"children\":[\"audit\"]", "\"next\":\"audit\"");
        assertThat(get("/api/znodes?after=audit", reader).body()).contains("\"bobs\"", "\"tx\"");
        assertThat(get("/api/znodes?path=/assent/bobs", reader).body())
                .contains(
                        "\"dataCut\":true",
                        "{\"scheme\":\"digest\",\"id\":\"bob:(hidden)\",\"permissions\":\"cdrwa\"}");
        for (String hidden : List.of("/", "/zookeeper", "/assentx", "/assent/../zookeeper", "/assent//tx", "assent")) {
            assertThat(get("/api/znodes?path=" + hidden, reader).statusCode())
                    .as(hidden)
                    .isEqualTo(400);
        }
        assertThat(get("/api/znodes?path=/assent/secret", reader).statusCode()).isEqualTo(404);
        assertThat(get("/api/sessions", reader).body()).contains("\"timeoutMillis\":40000,\"address\":\"127.0.0.1:");
    }
}
