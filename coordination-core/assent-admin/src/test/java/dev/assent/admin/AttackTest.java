package dev.assent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.admin.login.Access;
import dev.assent.admin.login.AdminRole;
import dev.assent.admin.login.SecretFile;
import dev.assent.admin.login.Token;
import dev.assent.admin.login.TokenLine;
import dev.assent.admin.view.ItemResult;
import dev.assent.metrics.ProcessMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * What strangers, readers and other people's pages try. Each is refused and logged, changes nothing, and leaves the process
 * answering; and no secret is in the log of it all.
 */
@Timeout(240)
class AttackTest {
    private static final long PATIENCE_MILLIS = 60_000;
    /** Where it is to end. */
    private static final long IMPATIENT_MILLIS = 2_000;

    private static final String ORDER = "{\"items\":[\"aa\"],\"reason\":\"because\",\"dryRun\":false}";
    private static final String JSON = "Content-Type: application/json";

    @TempDir
    Path folder;

    private final Token reader = Token.fresh(new SecureRandom());
    private final Token operator = Token.fresh(new SecureRandom());
    private final List<Action.Order> done = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private AdminServer server;

    private final class Acting extends StillSource {
        @Override
        public Map<Act, Action> actions() {
            return Map.of(Act.RESOLVE, (order, item) -> {
                done.add(order);
                return new ItemResult(item, ItemResult.Result.DONE, List.of("committed"));
            });
        }
    }

    @BeforeEach
    void start() throws IOException {
        Path tokens = folder.resolve("admin.tokens");
        SecretFile.append(tokens, new TokenLine("ro", AdminRole.READ, reader.sha256()));
        SecretFile.append(tokens, new TokenLine("ann", AdminRole.OPERATE, operator.sha256()));
        log.list = Collections.synchronizedList(new ArrayList<>()); // it is read while others write
        log.start();
        root.setLevel(Level.TRACE);
        root.addAppender(log);
        server = serve(Access.LOCAL.withTokens(tokens), "127.0.0.2");
    }

    private AdminServer serve(Access access, String address) throws IOException {
        return serve(access, address, PATIENCE_MILLIS);
    }

    private AdminServer serve(Access access, String address, long patienceMillis) throws IOException {
        return AdminServer.start(
                new AdminConfig(new InetSocketAddress(InetAddress.getByName(address), 0), access),
                new Acting(),
                List.of(),
                new ProcessMetrics(),
                patienceMillis);
    }

    @AfterEach
    void no_attack_ended_anything_or_left_a_secret_in_the_log() throws IOException {
        assertThat(status(get("/api/status", bearer(operator)))).isEqualTo(200);
        server.close();
        root.detachAppender(log);
        root.setLevel(before);
        assertThat(logged()).doesNotContain(operator.secret(), reader.secret(), operator.sha256(), reader.sha256());
    }

    private List<ILoggingEvent> events() {
        return List.copyOf(log.list);
    }

    private String logged() {
        StringBuilder all = new StringBuilder();
        events().forEach(event -> all.append(event.getFormattedMessage())
                .append(
                        event.getThrowableProxy() == null
                                ? ""
                                : event.getThrowableProxy().getMessage())
                .append('\n'));
        return all.toString();
    }

    private static String bearer(Token token) {
        return "Authorization: Bearer " + token.secret();
    }

    private String host() {
        return URI.create(server.url()).getAuthority();
    }

    private String get(String path, String... headers) {
        return request("GET " + path + " HTTP/1.1\r\n", "", headers);
    }

    private String post(String body, String... headers) {
        return request("POST /api/transactions/resolve HTTP/1.1\r\n", body, headers);
    }

    /** A Host of its own comes first if one is among the headers. */
    private String request(String line, String body, String... headers) {
        String host = String.join("\r\n", headers).contains("Host:") ? "" : "Host: " + host() + "\r\n";
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return sent(line + host + length + lines + "\r\n" + body);
    }

    private Socket connect() throws IOException {
        URI url = URI.create(server.url());
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(120_000);
        return socket;
    }

    /** The answer's first line; empty if the connection was closed instead. */
    private String sent(String text) {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            return Optional.ofNullable(line).orElse("");
        } catch (IOException closed) {
            return "";
        }
    }

    private static int status(String line) {
        assertThat(line).as("an answer").startsWith("HTTP/1.1 ");
        return Integer.parseInt(line.substring(9, 12));
    }

    private void refused(int status, String answer) {
        assertThat(status(answer)).isEqualTo(status);
        assertThat(done).isEmpty();
        assertThat(logged()).contains("the admin API has refused a request from 127.0.0.1 (" + status + ")");
    }

    @Test
    void the_owner_of_a_token_acts_under_his_name_and_the_reason_is_handed_on() {
        assertThat(status(post(ORDER, bearer(operator), JSON))).isEqualTo(200);

        assertThat(done).containsExactly(new Action.Order("token:ann@still", "because", false, Optional.empty()));
    }

    @Test
    void without_a_token_nothing_is_shown_from_another_address() {
        refused(401, get("/api/status"));
        refused(401, get("/metrics"));
        refused(401, get("/api/events"));
        refused(401, get("/api/transactions/aa"));
        assertThat(status(get("/health"))).isEqualTo(200);
    }

    @Test
    void an_address_that_a_header_claims_counts_for_nothing() {
        refused(
                401,
                get("/api/status", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1"));
        long start = System.nanoTime();
        int refused = 0;
        for (int i = 0; i < 20; i++) {
            String claimed = "X-Forwarded-For: 10.0.0." + i;
            int answer = status(get("/api/status", bearer(Token.fresh(new SecureRandom())), claimed));
            assertThat(answer).isIn(i < 10 ? List.of(401) : List.of(401, 429));
            refused += answer == 401 ? 1 : 0;
        }
        assertThat(refused).isBetween(10, 10 + intervals(start, 5));
    }

    @Test
    void a_token_in_the_url_lets_nobody_in() {
        refused(401, get("/api/status?token=" + operator.secret()));
        refused(401, get("/api/status?access_token=" + operator.secret()));
        assertThat(status(get("/api/status?token=" + operator.secret(), bearer(reader))))
                .isEqualTo(400);
        assertThat(status(get("/api/" + operator.secret(), bearer(reader)))).isEqualTo(404);
    }

    @Test
    void who_may_only_read_does_not_act() {
        refused(403, post(ORDER, bearer(reader), JSON));
        assertThat(status(get("/api/status", bearer(reader)))).isEqualTo(200);
    }

    @Test
    void a_form_of_a_foreign_page_does_not_act() {
        String form = "items=aa&reason=because&dryRun=false";
        refused(401, post(form, "Content-Type: application/x-www-form-urlencoded"));
        refused(415, post(form, bearer(operator), "Content-Type: application/x-www-form-urlencoded"));
        refused(415, post(ORDER, bearer(operator), "Content-Type: text/plain"));
        refused(403, post(ORDER, bearer(operator), JSON, "Origin: http://evil.example"));
        refused(403, post(ORDER, bearer(operator), JSON, "Sec-Fetch-Site: cross-site"));
        assertThat(status(post(ORDER, bearer(operator), JSON, "Origin: http://" + host())))
                .isEqualTo(200);
    }

    @Test
    void a_name_that_was_made_to_lead_here_does_not_act() {
        refused(421, post(ORDER, bearer(operator), JSON, "Host: evil.example"));
        refused(421, get("/api/status", bearer(operator), "Host: evil.example:80"));
    }

    /** How often something may have happened again, because this machine is slow. */
    private static int intervals(long startNanos, int seconds) {
        return (int) (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos) / seconds);
    }

    @Test
    void guessing_ends_in_a_wall_and_in_few_lines_of_the_log() {
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            refused(401, post(ORDER, bearer(Token.fresh(new SecureRandom())), JSON));
        }
        int unheard = 0;
        for (int i = 0; i < 30; i++) {
            unheard += status(post(ORDER, bearer(Token.fresh(new SecureRandom())), JSON)) == 429 ? 1 : 0;
        }
        assertThat(unheard).isBetween(30 - intervals(start, 5), 30);
        assertThat(done).isEmpty();
        assertThat(logged()).contains("has refused a request from 127.0.0.1 (429)");
        assertThat(events().stream().filter(event -> event.getFormattedMessage().contains("has refused")))
                .hasSizeBetween(2, 2 + 2 * intervals(start, 10));

        AdminServer walled = server;
        try (walled) {
            server = serve(Access.LOCAL.withTokens(folder.resolve("admin.tokens")), "127.0.0.2");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_body_without_end_is_not_read_and_one_that_does_not_come_is_not_waited_for() throws IOException {
        String large = "{\"items\":[\"" + "x".repeat(Requests.BODY_BYTES_MAX) + "\"]}";
        refused(413, post(large, bearer(operator), JSON));
        server.close();
        server = serve(Access.LOCAL.withTokens(folder.resolve("admin.tokens")), "127.0.0.2", IMPATIENT_MILLIS);
        try (Socket slow = connect()) {
            String head = "POST /api/transactions/resolve HTTP/1.1\r\nHost: " + host() + "\r\n" + bearer(operator)
                    + "\r\n" + JSON + "\r\nContent-Length: 100\r\n\r\n{\"items\":";
            slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));

            assertThat(read(slow)).as("closed, and not answered").isEqualTo(-1);
        }
        assertThat(done).isEmpty();
    }

    private static int read(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException reset) {
            return -1;
        }
    }

    @Test
    void huge_heads_are_cut_off() {
        String many = "X-A: b\r\n".repeat(10_000);
        assertThat(get("/api/status", bearer(operator), many + "X-Last: c")).doesNotContain(" 200 ");
        String large = "X-A: " + "b".repeat(8 << 20);
        assertThat(get("/api/status", bearer(operator), large)).doesNotContain(" 200 ");
        assertThat(get("/" + "a".repeat(8 << 20))).doesNotContain(" 200 ");
    }

    @Test
    void paths_lead_nowhere_else() {
        for (String path : List.of(
                "/../../etc/passwd",
                "/..%2f..%2fetc/passwd",
                "/page/../../../etc/passwd",
                "/page/%2e%2e/%2e%2e/etc/passwd",
                "//etc/passwd",
                "/api/../../admin.tokens",
                "/admin.tokens")) {
            assertThat(get(path, bearer(reader))).as(path).doesNotContain(" 200 ");
        }
        assertThat(status(get("/x/../api/status"))).as("not past the login").isNotEqualTo(200);
        assertThat(status(get("/%61pi/status"))).as("not past the login").isEqualTo(401);
    }

    @Test
    void orders_that_are_none_are_refused_before_anything_is_done() {
        for (String wrong : List.of(
                "",
                "[]",
                "{\"items\":[]}",
                "{\"items\":[\"aa\"],\"dryRun\":false}",
                "{\"items\":[\"aa\"],\"dryRun\":false,\"reason\":\" \"}",
                "{\"items\":[\"aa\"],\"dryRun\":\"false\",\"reason\":\"because\"}",
                "{\"items\":[\"aa\"],\"reason\":\"because\",\"force\":true}",
                "{\"items\":[\"aa\"],\"decision\":\"MAYBE\"}",
                "{\"items\":[\"aa\"],\"reason\":\"" + "x".repeat(501) + "\"}",
                "{\"items\":[\"aa\"]} {}",
                "{\"items\":" + "[".repeat(10_000))) {
            assertThat(status(post(wrong, bearer(operator), JSON))).as(wrong).isEqualTo(400);
        }
        assertThat(done).isEmpty();
        assertThat(status(post("{\"items\":[\"aa\"]}", bearer(operator), JSON))).isEqualTo(200);
        assertThat(done).as("what is not said is not done").allMatch(Action.Order::dryRun);
    }

    @Test
    void without_tokens_who_cannot_read_the_operators_file_does_not_act() throws IOException {
        server.close();
        Path file = folder.resolve("node.operator.token");
        server = serve(Access.LOCAL.withOperatorToken(file), "127.0.0.1");
        String secret = Files.readString(file).strip();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(logged()).contains(file.toString());
        assertThat(status(get("/api/status"))).isEqualTo(200);
        refused(401, post(ORDER, JSON));
        refused(401, post(ORDER, JSON, bearer(operator)));
        assertThat(status(post(ORDER, JSON, "Authorization: Bearer " + secret))).isEqualTo(200);
        assertThat(done).extracting(Action.Order::operator).containsExactly("token:operator@still");
        assertThat(logged()).doesNotContain(secret);
        server.close();
        server = serve(Access.LOCAL.withTokens(folder.resolve("admin.tokens")), "127.0.0.2");
    }
}
