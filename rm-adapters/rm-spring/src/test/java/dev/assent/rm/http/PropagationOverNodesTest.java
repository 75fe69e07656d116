package dev.assent.rm.http;

import static jakarta.transaction.Status.STATUS_NO_TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.admin.traces.KeptTraces;
import dev.assent.admin.view.TracedSpan;
import dev.assent.event.EventSource;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import dev.assent.trace.Tracing;
import dev.assent.traces.AssentTraces;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.RollbackException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Headers between two services that are connected to a real coordinator node: what is of a transaction under way works,
 * and what is old, ended, foreign or made up begins nothing.
 */
@ExtendWith(PostgresExtension.class)
class PropagationOverNodesTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<RemoteTransactionService> connections = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger handled = new AtomicInteger();
    private final PostgresServer server;
    private final Path directory;
    private final CoordinatorNode node;
    private final AssentTransactions caller;
    private final AssentTransactions callee;
    private final Shop shop;
    private final TomcatService service;

    PropagationOverNodesTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.directory = directory;
        this.node = node("home");
        this.caller = connected(node, "caller");
        this.callee = connected(node, "callee");
        this.shop = Shop.open(server, callee);
        this.service = new TomcatService(directory.resolve("tomcat"), new TransactionFilter(callee), this::handle);
    }

    private CoordinatorNode node(String name) throws Exception {
        NodeConfig config = new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                name,
                1,
                new NodeConfig.Coordination.Standalone(Files.createDirectories(directory.resolve(name))),
                new NodeConfig.Timing(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(500)));
        CoordinatorNode started = CoordinatorNode.start(config, progress -> {});
        open.push(started);
        await("a node leads", () -> !started.led().isEmpty());
        return started;
    }

    private AssentTransactions connected(CoordinatorNode to, String name) {
        RemoteTransactionService connection =
                RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + to.port(), name));
        open.push(connection);
        connections.add(connection);
        return new AssentTransactions(connection);
    }

    private void handle(HttpServletRequest request, HttpServletResponse response) throws Exception {
        handled.incrementAndGet();
        Shop.add(shop.firstPool(), 10);
        Shop.add(shop.secondPool(), 10);
        response.getWriter().write("done");
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long endNanos = System.nanoTime() + LIMIT.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not within %s: %s", LIMIT, what).isLessThan(endNanos);
            assertThat(never.await(5, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @AfterEach
    void close() throws Exception {
        service.close();
        await("connections are given back", () -> shop.firstPool().getMetrics().activeCount() == 0);
        shop.close();
        while (!open.isEmpty()) {
            open.pop().close();
        }
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void work_of_a_called_service_ends_as_the_caller_says() throws Exception {
        caller.begin();
        assertThat(call(token()).body()).isEqualTo("done");
        assertThat(call(token()).body()).isEqualTo("done");
        assertThat(shop.first().balance(1)).isEqualTo(100);
        caller.commit();
        assertThat(shop.first().balance(1)).isEqualTo(120);
        assertThat(shop.second().balance(1)).isEqualTo(120);

        caller.begin();
        assertThat(call(token()).body()).isEqualTo("done");
        caller.rollback();
        assertThat(shop.first().balance(1)).isEqualTo(120);
    }

    @Test
    void the_spans_of_both_services_and_of_the_node_are_one_trace() throws Exception {
        KeptTraces callers = kept(
                "caller", caller.tracing() == Tracing.NONE, connections.get(0).events());
        KeptTraces callees = kept(
                "callee", callee.tracing() == Tracing.NONE, connections.get(1).events());
        KeptTraces nodes = kept("home", true, node.events().get(0));
        caller.begin();
        String trace = caller.trace().orElseThrow();
        HttpRequest request = HttpRequest.newBuilder(service.uri("/work")).build();
        HttpClient propagating = new OutgoingTransactions(caller, TargetHosts.loopbackOnly()).over(client);
        assertThat(propagating
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo("done");
        caller.commit();

        String id = trace.substring(3, 35);
        for (String ended : List.of("commit", "transaction")) {
            await("the caller's " + ended, () -> has(callers, id, ended));
        }
        for (String ended : List.of("GET", "branch first", "branch second")) {
            await("the callee's " + ended, () -> has(callees, id, ended));
        }
        List<String> phases = List.of("prepare", "decide", "commit", "branch first");
        await("the node's transaction", () -> has(nodes, id, "transaction"));
        for (String ended : phases) {
            await("the node's " + ended, () -> has(nodes, id, ended));
        }

        TracedSpan transaction = span(callers, id, "transaction");
        TracedSpan call = span(callees, id, "GET");
        assertThat(transaction.parent()).isEmpty();
        assertThat(trace).contains(transaction.id());
        assertThat(call.parent()).hasValue(transaction.id());
        assertThat(span(callees, id, "branch first").parent()).hasValue(call.id());
        TracedSpan coordination = span(nodes, id, "transaction");
        assertThat(coordination.parent()).isPresent().get().isIn(transaction.id(), call.id());
        for (String phase : phases) {
            assertThat(span(nodes, id, phase).parent()).as(phase).hasValue(coordination.id());
        }
    }

    private KeptTraces kept(String process, boolean isUntraced, EventSource events) {
        assertThat(isUntraced).isTrue();
        KeptTraces kept = new KeptTraces(process, 16);
        open.push(AssentTraces.begin(kept.telemetry(), events));
        return kept;
    }

    private static boolean has(KeptTraces kept, String trace, String span) {
        return kept.find(trace).stream()
                .flatMap(found -> found.spans().stream())
                .anyMatch(found -> found.name().equals(span));
    }

    private static TracedSpan span(KeptTraces kept, String trace, String name) {
        return kept.find(trace).orElseThrow().spans().stream()
                .filter(found -> found.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " in " + kept.find(trace)));
    }

    @Test
    void a_header_that_is_replayed_after_the_end_is_refused() throws Exception {
        caller.begin();
        String committed = token();
        assertThat(call(committed).body()).isEqualTo("done");
        caller.commit();
        caller.begin();
        String rolledBack = token();
        assertThat(call(rolledBack).body()).isEqualTo("done");
        caller.rollback();
        caller.begin();
        String neverSeenHere = token();
        caller.commit();

        for (String replayed : new String[] {committed, rolledBack, neverSeenHere}) {
            assertThat(refused(replayed)).contains("ended");
        }
        assertThat(handled).hasValue(2);
        assertThat(shop.first().balance(1)).isEqualTo(110);
        assertThat(callee.outcome(committed)).isEqualTo(new Outcome.Committed());
        assertThat(callee.outcome(rolledBack)).isInstanceOf(Outcome.RolledBack.class);
    }

    @Test
    void a_header_whose_transaction_has_expired_is_refused() throws Exception {
        caller.setTransactionTimeout(1);
        Instant begun = Instant.now();
        caller.begin();
        String neverSeenHere = token();
        await("its time is over", () -> Instant.now().isAfter(begun.plusMillis(1_500)));
        assertThat(refused(neverSeenHere)).contains("past its deadline");
        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);

        assertThat(handled).hasValue(0);
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    @Test
    void a_header_of_another_cluster_is_refused() throws Exception {
        AssentTransactions stranger = connected(node("elsewhere"), "stranger");
        stranger.begin();

        assertThat(refused(stranger.token().orElseThrow())).contains("another cluster");

        stranger.rollback();
        assertThat(handled).hasValue(0);
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    @Test
    void a_header_whose_coordinator_was_replaced_is_refused() throws Exception {
        caller.begin();
        String token = token();
        int port = node.port();
        node.close();
        CoordinatorNode successor = CoordinatorNode.start(
                new NodeConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        "successor",
                        1,
                        new NodeConfig.Coordination.Standalone(directory.resolve("home")),
                        new NodeConfig.Timing(
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(30),
                                Duration.ofMillis(500))),
                progress -> {});
        open.push(successor);
        await("the successor leads", () -> !successor.led().isEmpty());
        await("the services have heard of it", () -> !refusal(token).contains("no coordinator node"));

        assertThat(refused(token)).containsAnyOf("was replaced", "does not coordinate");

        caller.rollback();
        assertThat(handled).hasValue(0);
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    @Test
    void a_header_that_was_tampered_with_is_refused() throws Exception {
        caller.begin();
        String token = token();
        char other = token.charAt(30) == 'A' ? 'B' : 'A';

        assertThat(refused(token.substring(0, 30) + other + token.substring(31)))
                .contains("damaged");
        assertThat(refused(token.substring(0, 40))).contains("cut short");
        assertThat(call(token).body()).isEqualTo("done");
        caller.commit();

        assertThat(handled).hasValue(1);
        assertThat(shop.first().balance(1)).isEqualTo(110);
    }

    private String token() {
        return caller.token().orElseThrow();
    }

    private HttpResponse<String> call(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(service.uri("/work"))
                .header(TransactionHeader.NAME, token)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String refusal(String token) {
        try {
            return call(token).body();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    /** What a request with that header is answered, for which nothing was done. */
    private String refused(String token) throws Exception {
        HttpResponse<String> answer = call(token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue(TransactionHeader.NAME)).isEmpty();
        assertThat(answer.body()).contains("Nothing was begun").doesNotContain("\tat ");
        assertThat(callee.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
        return answer.body();
    }
}
