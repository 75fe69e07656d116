package dev.assent.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.admin.login.Access;
import dev.assent.admin.view.Members;
import dev.assent.admin.view.Shards;
import dev.assent.event.BranchEvent;
import dev.assent.event.EventStream;
import dev.assent.event.ShardEvent;
import dev.assent.event.TransactionEvent;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class AdminServerTest {
    private static final long PATIENCE_MILLIS = 60_000;
    /** Where it is to end. */
    private static final long IMPATIENT_MILLIS = 2_000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final EventStream events = new EventStream(Clock.SYSTEM);
    private final CountDownLatch store = new CountDownLatch(1);
    private AdminServer server;

    /** Its store hangs. */
    private final class Source extends StillSource {
        @Override
        public Members members() throws IOException {
            try {
                store.await();
            } catch (InterruptedException cutOff) {
                Thread.currentThread().interrupt();
                throw new IOException("cut off", cutOff);
            }
            return new Members(List.of(), List.of());
        }

        @Override
        public Shards shards() {
            throw new IllegalStateException("planted");
        }

        @Override
        public Optional<String> obstacle() {
            return Optional.of("no decision can be written");
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = start(PATIENCE_MILLIS);
    }

    private AdminServer start(long patienceMillis) throws IOException {
        return AdminServer.start(
                new AdminConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).keeping(2),
                new Source(),
                List.of(events),
                new ProcessMetrics(),
                patienceMillis);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        URI url = URI.create(server.url());
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(120_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    @Test
    void health_readiness_metrics_and_status_are_answered() throws Exception {
        assertThat(get("/health").body()).isEqualTo("alive\n");
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("no decision can be written\n");
        assertThat(get("/metrics").body()).contains("jvm_memory_used_bytes");
        assertThat(get("/api/status").body())
                .startsWith("{\"kind\":\"node\",\"name\":\"still\",")
                .contains("\"ready\":false,\"obstacle\":\"no decision can be written\"}")
                .doesNotContain("\"relay\"");
        assertThat(get("/api/outbox").body()).isEqualTo("{\"shards\":[],\"parked\":[]}\n");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/api/shards").statusCode()).as("a fault of ours").isEqualTo(500);
    }

    @Test
    void the_last_traces_are_shown_and_what_falls_out_is_not() throws Exception {
        List<String> ids = new ArrayList<>();
        for (String transaction : List.of("a1", "a2", "a3")) {
            String trace = events.tracing().begin(transaction);
            events.tell(new TransactionEvent.Begun(transaction, 1_000, trace));
            events.tell(new TransactionEvent.Ended(transaction, TransactionEvent.Outcome.COMMITTED, 1, 1));
            ids.add(trace.substring(3, 35));
        }
        await("/api/traces", ids.get(2));

        assertThat(get("/api/traces").body())
                .startsWith("{\"kept\":2,\"traces\":[{\"id\":\"" + ids.get(2) + "\",\"name\":\"transaction\",")
                .contains(ids.get(1))
                .doesNotContain(ids.get(0));
        assertThat(get("/api/traces?transaction=a2").body())
                .contains(ids.get(1))
                .doesNotContain(ids.get(2));
        assertThat(get("/api/traces?transaction=a9").body()).isEqualTo("{\"kept\":2,\"traces\":[]}\n");
        assertThat(get("/api/traces/" + ids.get(2)).body())
                .contains("\"process\":\"still\",\"name\":\"transaction\",\"kind\":\"INTERNAL\"")
                .contains("{\"name\":\"assent.transaction.outcome\",\"value\":\"committed\"}");
        assertThat(get("/api/traces/" + ids.get(0)).statusCode()).isEqualTo(404);
    }

    @Test
    void it_only_reads_and_only_for_who_asks_this_host() throws Exception {
        HttpRequest post = HttpRequest.newBuilder(URI.create(server.url() + "/api/status"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
        try (Socket rebound = connect()) {
            send(rebound, "GET /api/status HTTP/1.1\r\nHost: evil.example\r\n\r\n");

            assertThat(firstLine(rebound)).contains("421");
        }
    }

    private static String firstLine(Socket socket) throws IOException {
        return String.valueOf(
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine());
    }

    @Test
    void requests_that_never_end_and_questions_that_hang_are_cut_off_and_hold_up_nobody() throws Exception {
        server.close();
        server = start(IMPATIENT_MILLIS);
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < RequestThreads.THREADS + EventStreams.STREAMS_MAX; i++) {
            Socket socket = connect();
            send(socket, i % 2 == 0 ? "GET /api/sta" : "GET /api/members HTTP/1.1\r\nHost: localhost\r\n\r\n");
            slow.add(socket);
        }

        assertThat(get("/health").body()).isEqualTo("alive\n");
        for (Socket socket : slow) {
            try (socket;
                    InputStream in = socket.getInputStream()) {
                assertThat(in.readAllBytes().length)
                        .as("of an answer that could not be had")
                        .isLessThan(300);
            } catch (SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
        }
    }

    @Test
    void transactions_are_shown_with_their_history_and_those_that_are_stuck_are_kept() throws Exception {
        events.tell(new TransactionEvent.Begun("aa", 1_000));
        events.tell(new BranchEvent.Enlisted("aa", 1, "orders"));
        events.tell(new TransactionEvent.Ending("aa", true, 1));
        events.tell(new BranchEvent.Voted("aa", 1, "orders", BranchEvent.Vote.PREPARED, 5, ""));
        for (int i = 0; i < Recent.TRANSACTIONS_MAX + 10; i++) {
            events.tell(new TransactionEvent.Begun("bb" + i, 1_000));
            events.tell(new TransactionEvent.Ended("bb" + i, TransactionEvent.Outcome.COMMITTED, 9, 3));
        }
        await("/api/transactions?state=ENDED&limit=1", "\"bb" + (Recent.TRANSACTIONS_MAX + 9) + "\"");

        assertThat(get("/api/transactions?state=PREPARING").body())
                .contains("{\"branch\":1,\"resource\":\"orders\",\"vote\":\"PREPARED\",\"retries\":0}")
                .contains("\"remembered\":" + (Recent.TRANSACTIONS_MAX + 1));
        assertThat(get("/api/transactions?resource=stock").body()).startsWith("{\"transactions\":[],");
        assertThat(get("/api/transactions/aa").body())
                .contains("\"name\":\"branch.voted\",\"transaction\":\"aa\",\"branch\":1");
        assertThat(get("/api/transactions/bb3").statusCode()).isEqualTo(404);
        assertThat(get("/api/transactions?state=STUCK").statusCode()).isEqualTo(400);
        assertThat(get("/api/transactions?stat=ENDED").body()).contains("there is no parameter 'stat'");
    }

    @Test
    void pages_follow_each_other_without_a_gap() throws Exception {
        for (int i = 0; i < 5; i++) {
            events.tell(new TransactionEvent.Begun("cc" + i, 1_000));
        }
        await("/api/transactions?limit=1", "cc4");

        String first = get("/api/transactions?limit=3").body();
        String next = first.replaceFirst("(?s).*\"next\":\"([0-9]+)\".*", "$1");
        assertThat(first).contains("cc4", "cc3", "cc2").doesNotContain("cc1");
        assertThat(get("/api/transactions?limit=3&after=" + next).body())
                .contains("cc1", "cc0")
                .doesNotContain("cc2", "\"next\"");
    }

    private void await(String path, String text) throws Exception {
        while (!get(path).body().contains(text)) {
            Thread.onSpinWait(); // the events come on a thread of their own
        }
    }

    @Test
    void events_are_streamed_to_who_asks_for_their_names() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /api/events?names=shard,branch.voted HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            read(in, ": events follow");
            events.tell(new TransactionEvent.Begun("aa", 1));
            events.tell(new ShardEvent.Taken("node-1", 3, 7));

            assertThat(read(in, "event: ")).isEqualTo("event: shard.taken");
            assertThat(read(in, "data: "))
                    .contains("\"name\":\"shard.taken\",\"node\":\"node-1\",\"shard\":3,\"epoch\":7}");
        }
    }

    private static String read(BufferedReader in, String beginning) throws IOException {
        while (true) {
            String line = in.readLine();
            assertThat(line).as("before a line with %s", beginning).isNotNull();
            if (line.startsWith(beginning)) {
                return line;
            }
        }
    }

    @Test
    void a_client_that_does_not_read_is_let_go_and_others_get_its_place() throws Exception {
        server.close();
        server = start(IMPATIENT_MILLIS);
        List<Socket> deaf = new ArrayList<>();
        for (int i = 0; i < EventStreams.STREAMS_MAX; i++) {
            Socket socket = connect();
            send(socket, "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            firstLine(socket);
            deaf.add(socket);
        }
        assertThat(get("/api/events").statusCode()).isEqualTo(503);
        String large = "x".repeat(4_000);
        while (isTurnedAway()) {
            events.tell(new BranchEvent.Retried("aa", 1, "orders", large));
        }
        for (Socket socket : deaf) {
            socket.close();
        }
    }

    private boolean isTurnedAway() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "GET /api/events?names=none HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            return firstLine(socket).contains("503");
        }
    }

    @Test
    void beyond_the_loopback_interface_it_listens_only_when_that_is_said() throws Exception {
        Access open = new Access(Optional.empty(), Optional.empty(), Optional.empty(), Set.of(), true);
        assertThatThrownBy(() -> AdminConfig.read("admin.listen", "0.0.0.0:7480", Optional.empty(), Access.LOCAL))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("a file of tokens")
                .hasMessageContaining("TLS")
                .hasMessageContaining("insecure=true");
        assertThat(AdminConfig.read("admin.listen", "0.0.0.0:7480", Optional.empty(), open))
                .isPresent();
        assertThat(AdminConfig.read("admin.listen", "off", Optional.empty(), Access.LOCAL))
                .isEmpty();
        assertThatThrownBy(() -> AdminConfig.read("admin.listen", "7480", Optional.empty(), Access.LOCAL))
                .hasMessageContaining("host:port");
    }
}
