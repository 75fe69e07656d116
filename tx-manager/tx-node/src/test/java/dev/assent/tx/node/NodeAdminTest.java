package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.admin.AdminConfig;
import dev.assent.admin.AdminServer;
import dev.assent.admin.PreparedReader;
import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventListener;
import dev.assent.event.Subscription;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.flight.FlightRecorder;
import dev.assent.flight.FlightRecording;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.replay.Replay;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with a server of the store in it, and a service, seen through the node's admin API. */
@SuppressWarnings("try") // a subscription is held, not used
@Timeout(300)
class NodeAdminTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource stock = new ToyResource("stock");
    private CoordinatorNode node;
    private AdminServer admin;
    private FlightRecorder recorder;
    private TransactionService shop;

    @BeforeEach
    void start() throws Exception {
        NodeConfig config = new NodeConfig(
                ANY,
                "left",
                2,
                new NodeConfig.Coordination.Standalone(folder),
                new NodeConfig.Timing(
                        Duration.ofSeconds(60), Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(300)));
        node = CoordinatorNode.start(config, progress -> {});
        PreparedReader.Database unknown =
                new PreparedReader.Database("mainframe", "jdbc:db2:ledger", Optional.empty(), Optional.empty());
        recorder = FlightRecorder.inMemory("left", node.events().get(0));
        admin = NodeAdmin.show(
                        node,
                        config,
                        new NodeAdminConfig(Optional.of(new AdminConfig(ANY)), List.of(unknown)),
                        recorder)
                .orElseThrow();
        shop = RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + node.port(), "shop"));
        shop.register(orders);
        shop.register(stock);
    }

    @AfterEach
    void stop() {
        shop.close();
        node.close();
        admin.close();
        recorder.close();
    }

    private String get(String path) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(admin.url() + path)).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private GlobalTransaction committed() {
        GlobalTransaction transaction = shop.begin(Duration.ofSeconds(60));
        for (ToyResource resource : List.of(orders, stock)) {
            transaction.enlist(transaction.newBranch(resource.name()), resource);
        }
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        return transaction;
    }

    @Test
    void a_node_shows_itself_its_shards_its_server_and_what_it_coordinates() throws Exception {
        Eventually.soon("both shards are led", () -> node.led().size() == 2);
        Eventually.soon("it is ready", () -> get("/ready").equals("ready\n"));
        Eventually.soon("it says so", () -> get("/api/status").contains("\"ready\":true"));
        assertThat(get("/api/status"))
                .startsWith("{\"kind\":\"node\",\"name\":\"left\",")
                .contains("\"leads\":[0,1]", "\"mode\":\"standalone\"");
        Eventually.soon("members are told", () -> get("/api/members").contains("\"self\":true,\"shards\":[0,1]"));
        assertThat(get("/api/members")).contains("\"name\":\"left\"");
        Eventually.soon("shards are told", () -> get("/api/shards").contains("\"node\":\"left\""));
        assertThat(get("/api/shards")).startsWith("{\"count\":2,");

        GlobalTransaction transaction = committed();

        Eventually.soon(
                "its end is told", () -> get("/api/transactions?state=ENDED").contains(transaction.id()));
        assertThat(get("/api/transactions?outcome=COMMITTED&resource=stock"))
                .contains("\"token\":\"" + transaction.token() + "\",\"protocol\":\"SHARD_2PC\"")
                .contains("\"resource\":\"orders\",\"vote\":\"PREPARED\",\"end\":\"COMMITTED\"");
        assertThat(get("/api/transactions/" + transaction.token()))
                .contains("\"name\":\"transaction.decided\"", "\"decision\":\"COMMIT\"");
        Eventually.soon("its recording is whole", () -> recording(transaction).contains("transaction.ended"));
        assertThat(Replay.of(FlightRecording.of(recording(transaction), "export"))
                        .divergence())
                .isEmpty();
        assertThat(get("/api/transactions/" + "01".repeat(40) + "/export")).contains("remedy");
        assertThat(get("/api/transactions/nonsense")).contains("no gtrid");
        Eventually.soon("meters follow", () -> get("/metrics")
                .contains("assent_tx_duration_seconds_count{outcome=\"committed\"} 1"));
        Eventually.soon(
                "all do",
                () -> get("/metrics").contains("assent_shards_led_shards 2.0")
                        && get("/metrics").contains("assent_store_leader 1.0"));
    }

    private String recording(GlobalTransaction transaction) {
        return get("/api/transactions/" + transaction.token() + "/export");
    }

    @Test
    void what_recovery_sees_is_shown_and_a_database_that_cannot_be_asked_says_so() {
        Eventually.soon(
                "recovery has passed", () -> get("/api/in-doubt").contains("\"resource\":\"orders\",\"inDoubt\":0"));

        Eventually.soon("the other's problem is told", () -> get("/api/in-doubt")
                .contains("{\"name\":\"mainframe\",\"problem\":\"nothing on the class path of this process can read"));
    }

    private static boolean isTold(List<Event> heard, Class<? extends Event> kind) {
        return heard.stream().anyMatch(kind::isInstance);
    }

    @Test
    void a_service_tells_of_its_own_part() {
        List<Event> heard = new CopyOnWriteArrayList<>();
        EventListener recorder = new EventListener() {
            @Override
            public void heard(Told told) {
                heard.add(told.event());
            }

            @Override
            public void missed(long events) {
                throw new AssertionError("missed " + events);
            }
        };
        try (Subscription subscription = shop.events().subscribe("test", 1_000, recorder)) {
            GlobalTransaction transaction = committed();

            Eventually.soon("the answer is told", () -> isTold(heard, TransactionEvent.Answered.class));
            Eventually.soon("the end is told", () -> isTold(heard, TransactionEvent.Ended.class));
            assertThat(heard.get(0))
                    .isEqualTo(new TransactionEvent.Begun(
                            transaction.id(), transaction.deadline().toEpochMilli()));
            assertThat(heard)
                    .extracting(Event::name)
                    .contains("transaction.ending", "transaction.answered", "branch.ended");
            assertThat(heard)
                    .filteredOn(BranchEvent.Voted.class::isInstance)
                    .extracting(event -> ((BranchEvent) event).resource())
                    .containsExactlyInAnyOrder("orders", "stock");
        }
    }
}
