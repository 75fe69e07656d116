package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.view.AuditEntry;
import dev.assent.admin.view.ItemResult;
import dev.assent.outbox.admin.RelayAdmin;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Link;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.io.IOException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** A relay over real parts: order, poison, and parts that go away and come back. */
@ExtendWith(Parts.class)
final class OutboxRelayTest {
    private static final String STALLS = " stalls, and is tried again: ";

    private final RelayRig rig;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(OutboxRelay.class);

    OutboxRelayTest(Postgres postgres, Broker broker, Parts.ZooKeeper zooKeeper) throws Exception {
        rig = new RelayRig(postgres, broker, zooKeeper.connect());
    }

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        logger.detachAppender(log);
        rig.close();
    }

    private List<String> told(String... texts) {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> List.of(texts).stream().allMatch(line::contains))
                .toList();
    }

    @Test
    void every_key_arrives_in_the_order_of_its_commits_while_many_write_and_some_roll_back() throws Exception {
        int writers = 6;
        int keys = 5;
        int messages = 60;
        AtomicIntegerArray next = new AtomicIntegerArray(keys);
        rig.relay("one");

        List<CompletableFuture<Void>> running = IntStream.range(0, writers)
                .mapToObj(writer -> CompletableFuture.runAsync(() -> write(new Random(writer), next, messages)))
                .toList();
        running.forEach(CompletableFuture::join);
        Await.until("all is relayed", () -> rig.waiting() == 0);

        Map<String, List<String>> expected = new TreeMap<>();
        for (int key = 0; key < keys; key++) {
            List<String> numbers = new ArrayList<>();
            for (int number = 0; number < next.get(key); number++) {
                numbers.add(Integer.toString(number));
            }
            expected.put("key-" + key, numbers);
        }
        assertThat(rig.received()).isEqualTo(expected);
    }

    /** Numbers each key's committed messages: the key's lock is held from the append on, so the count is safe. */
    private void write(Random random, AtomicIntegerArray next, int messages) {
        try (Connection connection = rig.database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < messages; i++) {
                int key = random.nextInt(next.length());
                connection
                        .createStatement()
                        .execute("SELECT pg_advisory_xact_lock(('x' || substr(md5('key-" + key
                                + "'), 1, 16))::bit(64)::bigint)");
                rig.outbox().append(connection, rig.message("key-" + key, Integer.toString(next.get(key))));
                if (random.nextInt(5) == 0) {
                    connection.rollback();
                } else {
                    next.incrementAndGet(key);
                    connection.commit();
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_record_whose_transaction_is_slow_arrives_after_higher_ones() throws Exception {
        rig.relay("one");
        try (Connection slow = rig.database.dataSource().getConnection()) {
            slow.setAutoCommit(false);
            rig.outbox().append(slow, rig.message("slow", "lower"));
            rig.append("fast", "higher");
            Await.until("the higher one is relayed", () -> rig.received().containsKey("fast"));

            slow.commit();

            Await.until("the lower one is relayed", () -> rig.received().containsKey("slow"));
        }
    }

    @Test
    void a_poisoned_record_parks_its_key_and_no_other_until_an_operator_skips_it() throws Exception {
        RelayAdmin admin = rig.admin(rig.relay("one"), "one");
        rig.append("bad", "before");
        rig.append("bad", "x".repeat(50_000));
        rig.append("bad", "after");
        List<String> goodOnes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rig.append("good-" + i, "fine");
            goodOnes.add("good-" + i);
        }
        Await.until("the key is stopped", () -> rig.operations.parkedKeys().stream()
                .anyMatch(parked -> parked.state() == dev.assent.outbox.jdbc.OutboxOperations.ParkedState.STOPPED));
        Await.until("the others are relayed", () -> rig.waiting() == 2);

        assertThat(rig.received().keySet()).containsAll(goodOnes).contains("bad");
        assertThat(rig.received()).containsEntry("bad", List.of("before"));

        Await.until("it is told", () -> !told("key bad is parked", "waits for an operator")
                .isEmpty());
        assertThat(told("key bad is parked", "RecordTooLarge")).hasSize(3);
        assertThat(told("key bad is parked", "refused 1 times", "is tried again in"))
                .hasSize(1);
        assertThat(told("key bad is parked", "refused 3 times", "waits for an operator"))
                .hasSize(1);
        assertThat(act(admin, Act.OUTBOX_SKIP, true, "bad").result()).isEqualTo(ItemResult.Result.WOULD);
        assertThat(rig.operations.deadLetters()).as("of a dry run").isEmpty();
        assertThat(act(admin, Act.OUTBOX_SKIP, false, "good-1").result()).isEqualTo(ItemResult.Result.NOTHING);
        assertThat(act(admin, Act.OUTBOX_SKIP, false, "bad").result()).isEqualTo(ItemResult.Result.DONE);
        Await.until("the rest is relayed", () -> rig.waiting() == 0);

        assertThat(rig.received()).containsEntry("bad", List.of("before", "after"));
        assertThat(rig.operations.deadLetters()).singleElement().satisfies(letter -> assertThat(letter.reason())
                .contains("RecordTooLarge"));
        String number = Long.toString(rig.operations.deadLetters().get(0).seq());
        assertThat(admin.deadLetters().letters()).singleElement().satisfies(letter -> assertThat(letter.key())
                .isEqualTo("bad"));
        assertThat(act(admin, Act.OUTBOX_REPLAY, false, number).result()).isEqualTo(ItemResult.Result.DONE);
        assertThat(act(admin, Act.OUTBOX_REPLAY, false, number).result()).isEqualTo(ItemResult.Result.NOTHING);
        assertThat(admin.audit(100).entries())
                .filteredOn(entry -> entry.subject().equals("relay " + rig.name + ": bad"))
                .extracting(AuditEntry::operator, AuditEntry::action, AuditEntry::reason, AuditEntry::result)
                .containsExactly(
                        tuple(
                                "token:ann@one",
                                "outbox skip",
                                "too large",
                                "its record is a dead letter now, and later ones go on"),
                        tuple("token:ann@one", "outbox skip", "too large", "intended"));
    }

    private static ItemResult act(RelayAdmin admin, Act act, boolean dryRun, String item) throws IOException {
        return Objects.requireNonNull(admin.actions().get(act))
                .act(new Action.Order("token:ann@one", "too large", dryRun, Optional.empty()), item);
    }

    @Test
    void a_broker_that_goes_away_and_comes_back_costs_nothing_but_time() throws Exception {
        rig.relay("one");
        rig.append("a", "1");
        Await.until("the first is relayed", () -> rig.waiting() == 0);

        rig.broker.stop();
        try {
            rig.append("a", "2");
            rig.append("a", "3");
            assertThat(rig.waiting()).isEqualTo(2);
        } finally {
            rig.broker.startAgain();
        }
        Await.until("the rest is relayed", java.time.Duration.ofMinutes(3), () -> rig.waiting() == 0);

        List<String> received = rig.received().getOrDefault("a", List.of());
        assertThat(received.stream().distinct()).containsExactly("1", "2", "3");
    }

    @Test
    void a_database_that_goes_away_and_comes_back_costs_nothing_but_time() throws Exception {
        try (Link link = new Link(rig.database.port())) {
            OutboxRelay relay = rig.relay("one", rig.database.dataSource(link.port()), rig.znodeLeases("one"));
            rig.append("a", "1");
            Await.until("the first is relayed", () -> rig.waiting() == 0);

            int stalledBefore = told(STALLS).size();
            link.cut();
            rig.append("a", "2");
            Await.until("the relay notices", () -> relay.status().shards().stream()
                    .allMatch(shard -> shard.lastProblem().isPresent()));
            assertThat(rig.waiting()).isEqualTo(1);
            Await.until("each shard tells", () -> told(STALLS).size() >= stalledBefore + RelayRig.SHARDS);
            assertThat(told(STALLS).subList(stalledBefore, told(STALLS).size()))
                    .hasSize(RelayRig.SHARDS)
                    .doesNotHaveDuplicates();
            link.mend();
            Await.until("the rest is relayed", () -> rig.waiting() == 0);

            assertThat(rig.received()).containsEntry("a", List.of("1", "2"));
            Await.until("it is told to go on", () -> !told(" goes on after ").isEmpty());
        }
    }

    @Test
    void two_instances_share_the_work_and_one_carries_on_alone() throws Exception {
        OutboxRelay one = rig.relay("one");
        OutboxRelay two = rig.relay("two");
        Await.until(
                "they share", () -> one.status().serving() == 2 && two.status().serving() == 2);
        Map<String, List<String>> expected = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            rig.append("key-" + i % 8, Integer.toString(i));
            expected.computeIfAbsent("key-" + i % 8, key -> new ArrayList<>()).add(Integer.toString(i));
        }
        Await.until("all is relayed", () -> rig.waiting() == 0);

        two.close();
        Await.until("one serves all", () -> one.status().serving() == RelayRig.SHARDS);
        for (int i = 40; i < 60; i++) {
            rig.append("key-" + i % 8, Integer.toString(i));
            expected.computeIfAbsent("key-" + i % 8, key -> new ArrayList<>()).add(Integer.toString(i));
        }
        Await.until("all is relayed", () -> rig.waiting() == 0);

        assertThat(rig.received()).isEqualTo(expected);
    }
}
