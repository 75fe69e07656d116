package dev.assent.tx.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.coordination.server.FreePorts;
import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecorder;
import dev.assent.flight.FlightRecording;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.Protocol;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.model.Vote;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.agent.AcceptorConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.replay.Replay;
import dev.assent.tx.replay.ReplayVerdict;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TcpProxy;
import dev.assent.tx.testing.ToyResource;
import dev.assent.tx.testing.ToyResource.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three-phase transactions of two services and a node in this JVM: two agents and the coordinator's node are the
 * acceptors. The services' acceptors are reached over ways that this test can hold.
 */
class ThreePhaseTransactionsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration PATIENT = Duration.ofMinutes(2);
    /** How long the bank asks for an outcome. */
    private static final Duration IMPATIENT = Duration.ofSeconds(3);

    private static final int ACCEPTED = 6;
    private static final FreePorts PORTS = new FreePorts(new Random());

    @TempDir
    Path folder;

    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource payments = new ToyResource("payments");
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private ApacheZooKeeper ensemble;
    private CoordinatorNode node;
    private TcpProxy toShop;
    private TcpProxy toBank;
    private TransactionService shop;
    private TransactionService bank;

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        open.push(ensemble);
        // Below the range that outgoing connections have, so that it can be had again.
        node = node(PORTS.next());
        toShop = new TcpProxy();
        toBank = new TcpProxy();
        open.push(toShop);
        open.push(toBank);
        shop = service("shop", toShop, PATIENT);
        shop.register(orders);
        bank = service("bank", toBank, IMPATIENT);
        bank.register(payments);
    }

    private CoordinatorNode node(int port) throws Exception {
        CoordinatorNode started = CoordinatorNode.start(
                new NodeConfig(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                                "node",
                                1,
                                new NodeConfig.Coordination.Existing(ensemble.connectString()),
                                new NodeConfig.Timing(
                                        Duration.ofSeconds(30), LONG, Duration.ofSeconds(30), Duration.ofMillis(300)))
                        .withAcceptor(folder.resolve("acceptor-node")),
                progress -> {});
        open.push(started);
        return started;
    }

    private TransactionService service(String name, TcpProxy way, Duration patience) throws IOException {
        int port = PORTS.next();
        way.target(port);
        TransactionService service = RemoteTransactionService.connect(config(name, patience)
                .withAcceptor(new AcceptorConfig(
                        log(name),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        Optional.of(way.address()),
                        false)));
        open.push(service);
        return service;
    }

    private RemoteConfig config(String name, Duration patience) {
        return new RemoteConfig(List.of("127.0.0.1:" + node.port()), name, PATIENT, PATIENT, patience, 1_000);
    }

    private Path log(String name) {
        return folder.resolve("acceptor-" + name);
    }

    @AfterEach
    void stop() throws Exception {
        toShop.letAnswersPass();
        toBank.letAnswersPass();
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private GlobalTransaction acrossBoth() {
        return across(shop, orders, bank, payments);
    }

    private static GlobalTransaction across(
            TransactionService first, ToyResource own, TransactionService second, ToyResource others) {
        GlobalTransaction transaction = first.begin(LONG, Protocol.THREE_PHASE);
        transaction.enlist(transaction.newBranch(own.name()), own);
        GlobalTransaction joined = second.join(transaction.token());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch(others.name()), others);
        }
        return transaction;
    }

    private static GlobalTxId id(GlobalTransaction transaction) {
        return GlobalTxId.fromHex(transaction.id());
    }

    /** Whether that service's acceptor has the transaction's COMMIT of ballot 0 on its disk. */
    private boolean hasAccepted(String service, GlobalTransaction transaction) {
        try {
            String bytes = Files.readString(log(service).resolve("acceptor.log"), StandardCharsets.ISO_8859_1);
            String gtrid = new String(id(transaction).toBytes(), StandardCharsets.ISO_8859_1);
            return bytes.contains((char) 1 + gtrid + (char) ACCEPTED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void both(State state, int count) {
        Eventually.soon("both are " + state, () -> orders.count(state) == count && payments.count(state) == count);
    }

    /** The acceptors have accepted COMMIT, and their coordinator does not hear that. */
    private CompletableFuture<Outcome> preCommitted(GlobalTransaction transaction) {
        toShop.holdAnswers();
        toBank.holdAnswers();
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.soon(
                "both agents have accepted",
                () -> hasAccepted("shop", transaction) && hasAccepted("bank", transaction));
        return outcome;
    }

    /** Nobody coordinates any more, and there is no store. */
    private void nodeAndStoreDie() throws Exception {
        node.close();
        ensemble.close();
    }

    @Test
    void a_commit_of_three_phases_commits_both_and_is_recorded_afterwards() {
        GlobalTransaction transaction = acrossBoth();

        assertThat(id(transaction).key().authority()).isEqualTo(Authority.PAXOS_3PC);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());

        both(State.COMMITTED, 1);
        assertThat(hasAccepted("shop", transaction) || hasAccepted("bank", transaction))
                .isTrue();
        assertThat(bank.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
    }

    /** Wherever its recording is cut, as its node could have died there, it comes to what was known then. */
    @Test
    void a_commit_and_a_no_come_to_the_same_again_and_so_does_every_beginning_of_them() {
        FlightRecorder recorder = FlightRecorder.inMemory("node", node.events().get(0));
        open.push(recorder);
        GlobalTransaction committed = acrossBoth();
        assertThat(committed.commit()).isEqualTo(new Outcome.Committed());

        FlightRecording commit = recording(recorder, committed);
        assertThat(Replay.of(commit))
                .returns("THREE_PHASE", ReplayVerdict::machine)
                .returns(Optional.empty(), ReplayVerdict::divergence)
                .returns(true, ReplayVerdict::ended);
        everyBeginningComesToTheSame(commit);

        payments.voting(new Vote.Rollback("overdrawn"));
        GlobalTransaction refused = acrossBoth();
        assertThat(refused.commit()).isInstanceOf(Outcome.RolledBack.class);
        FlightRecording no = recording(recorder, refused);
        assertThat(Replay.of(no))
                .returns(Optional.empty(), ReplayVerdict::divergence)
                .returns(true, ReplayVerdict::ended);
        everyBeginningComesToTheSame(no);
        assertThat(Replay.of(changed(commit, event -> replaced(event, "Vote.Prepared", "Vote.ReadOnly")))
                        .divergence())
                .isPresent();
    }

    private static FlightRecording recording(FlightRecorder recorder, GlobalTransaction transaction) {
        Eventually.soon("its end is recorded", () -> text(recorder, transaction).contains("transaction.ended"));
        return FlightRecording.of(text(recorder, transaction), "the recording");
    }

    private static String text(FlightRecorder recorder, GlobalTransaction transaction) {
        try {
            return recorder.export(transaction.id()).map(FlightExport::text).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void everyBeginningComesToTheSame(FlightRecording whole) {
        List<Map<String, Object>> events = whole.sections().get(0).events();
        for (int kept = 1; kept < events.size(); kept++) {
            assertThat(Replay.of(of(whole, events.subList(0, kept))).divergence())
                    .as("cut after %d, %s", kept, events.get(kept - 1))
                    .isEmpty();
        }
    }

    private static FlightRecording changed(FlightRecording whole, UnaryOperator<Map<String, Object>> change) {
        return of(whole, whole.sections().get(0).events().stream().map(change).toList());
    }

    private static Map<String, Object> replaced(Map<String, Object> event, String word, String other) {
        return FlightRecording.event(FlightRecording.line(event).replace(word, other));
    }

    private static FlightRecording of(FlightRecording whole, List<Map<String, Object>> events) {
        FlightRecording.Section section = whole.sections().get(0);
        return new FlightRecording(
                whole.transaction(),
                List.of(new FlightRecording.Section(section.line(), section.lines(), section.process(), events)));
    }

    @Test
    void a_no_of_one_rolls_both_back_and_no_acceptor_is_asked() {
        payments.voting(new Vote.Rollback("overdrawn"));
        GlobalTransaction transaction = acrossBoth();

        assertThat(transaction.commit()).isInstanceOf(Outcome.RolledBack.class);

        both(State.COMMITTED, 0);
        Eventually.soon("the other one is rolled back", () -> orders.count(State.PREPARED) == 0);
        assertThat(hasAccepted("shop", transaction)).isFalse();
    }

    /** The answers of bank's acceptor hang, as if its process were stopped or its disk hung. */
    @Test
    void an_acceptor_that_neither_answers_nor_fails_holds_up_no_commit() {
        toBank.holdAnswers();

        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.Committed());

        both(State.COMMITTED, 1);
    }

    @Test
    void agents_commit_what_they_have_accepted_though_the_node_and_the_store_are_dead() throws Exception {
        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.Committed()); // the ways are open
        GlobalTransaction transaction = acrossBoth();
        CompletableFuture<Outcome> outcome = preCommitted(transaction);
        assertThat(orders.count(State.PREPARED) + payments.count(State.PREPARED))
                .isEqualTo(2);

        nodeAndStoreDie();
        toShop.letAnswersPass();
        toBank.letAnswersPass();

        both(State.COMMITTED, 2);
        assertThat(outcome.get(180, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        long askedNanos = Clock.SYSTEM.nanos();
        assertThat(bank.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
        assertThat(Clock.SYSTEM.nanos() - askedNanos)
                .as("who knows the end waits for no node")
                .isLessThan(PATIENT.dividedBy(2).toNanos());
    }

    @Test
    void a_minority_decides_nothing_until_a_majority_is_back() throws Exception {
        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.Committed());
        GlobalTransaction transaction = across(bank, payments, shop, orders); // the impatient one asks
        CompletableFuture<Outcome> outcome = preCommitted(transaction);

        toShop.shut();
        toBank.shut();
        nodeAndStoreDie();

        assertThat(outcome.get(180, TimeUnit.SECONDS)).isInstanceOf(Outcome.Unknown.class);
        assertThat(orders.count(State.PREPARED) + payments.count(State.PREPARED))
                .isEqualTo(2);
        toShop.letAnswersPass();
        toBank.letAnswersPass();
        toBank.open();
        both(State.COMMITTED, 2);
    }

    @Test
    void agents_roll_back_what_no_majority_can_have_accepted() throws Exception {
        orders.whenPrepared(() -> {
            try {
                node.close(); // before the vote
            } catch (RuntimeException e) {
                throw new AssertionError(e);
            }
        });
        GlobalTransaction transaction = acrossBoth();

        Outcome outcome = transaction.commit();

        assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
        Eventually.soon(
                "nothing is prepared", () -> orders.count(State.PREPARED) + payments.count(State.PREPARED) == 0);
        both(State.COMMITTED, 0);
    }

    @Test
    void the_store_gets_what_agents_learned_once_a_node_is_back() throws Exception {
        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.Committed());
        GlobalTransaction transaction = acrossBoth();
        CompletableFuture<Outcome> outcome = preCommitted(transaction);
        int port = node.port();
        node.close();
        toShop.letAnswersPass();
        toBank.letAnswersPass();
        assertThat(outcome.get(180, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());

        CoordinatorNode successor = node(port);

        TransactionService stranger =
                RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + successor.port(), "stranger"));
        open.push(stranger);
        toShop.shut(); // from here on only the record tells it
        toBank.shut();
        Eventually.soon(
                "it is recorded", () -> stranger.outcome(transaction.token()).equals(new Outcome.Committed()));
    }

    @Test
    void a_service_without_an_acceptors_log_takes_no_part() {
        TransactionService plain =
                RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + node.port(), "plain"));
        open.push(plain);
        GlobalTransaction transaction = shop.begin(LONG, Protocol.THREE_PHASE);

        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> plain.begin(LONG, Protocol.THREE_PHASE))
                .withMessageContaining("acceptor's log");
        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> plain.join(transaction.token()))
                .withMessageContaining("acceptor's log");
        assertThat(TransactionToken.parse(transaction.token())).isEqualTo(id(transaction));
        assertThat(transaction.rollback("enough")).isInstanceOf(Outcome.RolledBack.class);
    }
}
