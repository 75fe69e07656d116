package dev.assent.tx.remote.acceptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.spi.AcceptorAddresses;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five acceptors on disks of their own, three agents' (0, 1, 2) and two nodes' (3, 4), and nobody else. */
class TerminationRunTest {
    private static final ClusterId CLUSTER = new ClusterId(7);
    private static final GlobalTxId TRANSACTION = Sample.transaction(1, Long.MAX_VALUE);
    private static final int ACCEPTORS = 5;

    /** One process' acceptor, while it runs. */
    private record Running(FileAcceptorLog log, AcceptorHost host, Server server) {}

    @TempDir
    Path directory;

    private final Map<Integer, Running> processes = new ConcurrentHashMap<>();
    private final Map<Integer, Decision> learned = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final String names = "acceptors-" + System.nanoTime() + "-";
    private final AcceptorChannels channels = new AcceptorChannels(
            address -> InProcessChannelBuilder.forName(address).build());
    private AcceptorAddresses acceptors =
            new AcceptorAddresses(List.of(Sample.addresses().entries().get(0)));

    @BeforeEach
    void start() throws IOException {
        List<AcceptorAddresses.Entry> entries = new ArrayList<>();
        for (int at = 0; at < ACCEPTORS; at++) {
            start(at);
            entries.add(new AcceptorAddresses.Entry(process(at).host().id(), names + at));
        }
        acceptors = new AcceptorAddresses(entries);
    }

    private void start(int at) throws IOException {
        FileAcceptorLog log = FileAcceptorLog.open(directory.resolve("acceptor-" + at), FileAcceptorLog.Limits.DEFAULT);
        AcceptorHost host = new AcceptorHost(log, AcceptorHost.Limits.DEFAULT);
        Server server = InProcessServerBuilder.forName(names + at)
                .addService(new AcceptorEndpoint(
                        host,
                        CLUSTER::equals,
                        (transaction, chosen) -> {
                            learned.put(at, chosen);
                            return CompletableFuture.completedStage(null);
                        },
                        Sample.ALL_RIGHTS))
                .build()
                .start();
        processes.put(at, new Running(log, host, server));
    }

    private Running process(int at) {
        return Objects.requireNonNull(processes.get(at));
    }

    private void stop(int... places) {
        for (int at : places) {
            Running process = process(at);
            processes.remove(at);
            process.server().shutdownNow();
            process.log().close();
        }
    }

    @AfterEach
    void stopAll() {
        stop(processes.keySet().stream().mapToInt(Integer::intValue).toArray());
        channels.close();
        timer.shutdownNow();
    }

    private AcceptorReply ask(int at, AcceptorRequest request) throws Exception {
        return channels.ask(acceptors.entries().get(at), TRANSACTION, request)
                .toCompletableFuture()
                .get(120, TimeUnit.SECONDS);
    }

    private void preCommitReaches(int... places) throws Exception {
        for (int at : places) {
            assertThat(ask(at, Sample.PRE_COMMIT)).isEqualTo(new AcceptorReply.Accepted(Sample.ZERO, Decision.COMMIT));
        }
    }

    private TerminationRun run(int at, AcceptorRoutes others) {
        return new TerminationRun(
                TRANSACTION, acceptors, AcceptorRoutes.around(process(at).host(), others), timer);
    }

    private CompletableFuture<Optional<Decision>> suspectedBy(int at, AcceptorRoutes others) {
        TerminationRun run = run(at, others);
        run.suspect();
        return run.end().toCompletableFuture();
    }

    private List<Optional<Decision>> suspectedByAllAgents() throws Exception {
        List<CompletableFuture<Optional<Decision>>> ends =
                IntStream.range(0, 3).mapToObj(at -> suspectedBy(at, channels)).toList();
        List<Optional<Decision>> decisions = new ArrayList<>();
        for (CompletableFuture<Optional<Decision>> end : ends) {
            decisions.add(end.get(120, TimeUnit.SECONDS));
        }
        return decisions;
    }

    @Test
    void agents_commit_what_a_majority_has_accepted_though_coordinator_and_nodes_are_gone() throws Exception {
        preCommitReaches(0, 1, 2);
        stop(3, 4);

        long begunNanos = System.nanoTime();
        assertThat(suspectedByAllAgents()).containsOnly(Optional.of(Decision.COMMIT));
        System.out.printf(
                "three agents at once, two acceptors dead: ended in %d ms%n",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos));
    }

    @Test
    void agents_roll_back_when_no_pre_commit_has_left_and_it_can_never_be_accepted_any_more() throws Exception {
        stop(3);

        assertThat(suspectedByAllAgents()).containsOnly(Optional.of(Decision.ABORT));
        List<AcceptorReply> late = new ArrayList<>();
        for (int at : new int[] {0, 1, 2, 4}) {
            late.add(ask(at, Sample.PRE_COMMIT));
        }
        assertThat(late).filteredOn(AcceptorReply.Accepted.class::isInstance).hasSizeLessThan(2);
    }

    @Test
    void a_minority_decides_nothing_until_one_is_back_from_its_disk() throws Exception {
        preCommitReaches(0, 1, 2);
        stop(2, 3, 4);
        CountDownLatch rounds = new CountDownLatch(12);
        AcceptorRoutes counted = new AcceptorRoutes() {
            @Override
            public CompletionStage<AcceptorReply> ask(
                    AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
                rounds.countDown();
                return channels.ask(to, transaction, request);
            }

            @Override
            public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
                return channels.learn(to, transaction, chosen);
            }

            @Override
            public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
                return channels.ended(whom, transaction);
            }
        };

        CompletableFuture<Optional<Decision>> end = suspectedBy(0, counted);
        assertThat(rounds.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(end).isNotDone();

        start(2);
        assertThat(end.get(120, TimeUnit.SECONDS)).contains(Decision.COMMIT);
    }

    /** As one whose process is stopped, or whose disk hangs. */
    @Test
    void an_acceptor_that_neither_answers_nor_fails_costs_its_own_answer_only() throws Exception {
        preCommitReaches(0, 1, 2);
        AcceptorRoutes hanging = new AcceptorRoutes() {
            @Override
            public CompletionStage<AcceptorReply> ask(
                    AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
                int at = acceptors.entries().indexOf(to);
                return at == 1 || at == 4 ? new CompletableFuture<>() : channels.ask(to, transaction, request);
            }

            @Override
            public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
                return new CompletableFuture<>();
            }

            @Override
            public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
                return new CompletableFuture<>();
            }
        };

        assertThat(suspectedBy(0, hanging).get(120, TimeUnit.SECONDS)).contains(Decision.COMMIT);
    }

    @Test
    void an_acceptor_that_has_lost_its_disk_is_another_one_and_is_not_counted() throws Exception {
        preCommitReaches(2, 3, 4);
        stop(2, 3, 4);
        for (Path file :
                List.of(directory.resolve("acceptor-2/acceptor.log"), directory.resolve("acceptor-3/acceptor.log"))) {
            Files.delete(file);
        }
        start(2);
        start(3);
        CompletableFuture<Optional<Decision>> end = suspectedBy(0, channels);

        start(4); // 0, 1 and 4 are a majority, and 4 tells of the COMMIT
        assertThat(end.get(120, TimeUnit.SECONDS)).contains(Decision.COMMIT);
    }

    @Test
    void what_is_forgotten_is_not_decided_again() throws Exception {
        preCommitReaches(0, 1, 2);
        for (int at = 0; at < ACCEPTORS; at++) {
            assertThat(ask(at, new AcceptorRequest.Forget())).isEqualTo(new AcceptorReply.Forgotten());
        }

        assertThat(suspectedBy(1, channels).get(120, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void who_is_told_what_was_chosen_asks_no_more() throws Exception {
        stop(1, 2, 3, 4);
        TerminationRun run = run(0, channels);
        run.suspect();

        run.told(Decision.COMMIT);
        assertThat(run.end().toCompletableFuture().get(120, TimeUnit.SECONDS)).contains(Decision.COMMIT);
    }

    @Test
    void a_decision_is_told_over_the_network() throws Exception {
        channels.learn(acceptors.entries().get(2), TRANSACTION, Decision.ABORT)
                .toCompletableFuture()
                .get(120, TimeUnit.SECONDS);

        assertThat(learned).containsEntry(2, Decision.ABORT);
    }

    @Test
    void others_transactions_are_refused() {
        GlobalTxId foreign =
                new GlobalTxId(new ClusterId(8), TRANSACTION.key(), 0, Long.MAX_VALUE, new GlobalTxId.Unique(1, 1));
        GlobalTxId recorded = new GlobalTxId(
                CLUSTER, new EpochKey(Authority.SHARD_2PC, 0, 0), 0, Long.MAX_VALUE, new GlobalTxId.Unique(1, 1));

        assertThat(refusal(foreign)).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(refusal(recorded)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private Status.Code refusal(GlobalTxId transaction) {
        return channels.ask(acceptors.entries().get(0), transaction, Sample.PRE_COMMIT)
                .handle((reply, failed) -> failed == null
                        ? Status.Code.OK
                        : Status.fromThrowable(failed).getCode())
                .toCompletableFuture()
                .orTimeout(120, TimeUnit.SECONDS)
                .join();
    }
}
