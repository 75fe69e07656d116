package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.settings.Settings;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.testing.Eventually;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whoever floods a node with questions, or asks what hangs, costs its own questions only. */
final class FairCrewTest {
    private static final FairCrew.Limits LIMITS = new FairCrew.Limits(4, 2, 3, 100);

    /** Threads that have not begun yet. */
    private final Queue<Runnable> threads = new ArrayDeque<>();

    private final FairCrew crew = new FairCrew("tests", LIMITS, threads::add);
    private final List<String> begun = new ArrayList<>();

    private FairCrew.Turn ask(String asker, String question) {
        return crew.ask(asker, () -> begun.add(question));
    }

    private void runOne() {
        threads.remove().run();
    }

    @Test
    void those_who_wait_take_turns() {
        ask("flood", "flood 1");
        ask("flood", "flood 2");
        ask("flood", "flood 3");
        ask("quiet", "quiet 1");

        runOne();

        assertThat(begun).containsExactly("flood 1", "quiet 1", "flood 2", "flood 3");
    }

    @Test
    void who_asks_what_hangs_has_its_share_of_the_threads_and_no_more() throws Exception {
        ExecutorService real = Executors.newCachedThreadPool();
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger hanging = new AtomicInteger();
        CountDownLatch served = new CountDownLatch(1);
        try {
            FairCrew shared = new FairCrew("tests", LIMITS, real);
            for (int i = 0; i < 5; i++) {
                shared.ask("hung", () -> {
                    hanging.incrementAndGet();
                    await(hangs);
                });
            }
            shared.ask("quiet", served::countDown);

            assertThat(served.await(60, TimeUnit.SECONDS)).isTrue();
            Eventually.soon("its share", () -> hanging.get() == 2);
            assertThat(shared.waiting()).isEqualTo(3);

            hangs.countDown();
            Eventually.soon("the others follow", () -> hanging.get() == 5);
        } finally {
            hangs.countDown();
            real.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void more_than_may_wait_are_refused_to_who_has_them_and_to_nobody_else() {
        for (int i = 0; i < 3; i++) {
            ask("flood", "flood");
        }

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> ask("flood", "one too many"))
                .withMessageContaining("3 questions of flood");
        ask("quiet", "quiet");
        runOne();

        assertThat(begun).hasSize(4).contains("quiet");
    }

    @Test
    void what_nobody_waits_for_any_more_is_not_begun() {
        FairCrew.Turn first = ask("flood", "first");
        ask("flood", "second");

        first.leave();
        runOne();

        assertThat(begun).containsExactly("second");
        assertThat(crew.waiting()).isZero();
    }

    @Test
    void of_a_caller_that_hangs_up_a_node_begins_nothing() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger looked = new AtomicInteger();
        ToldShards shards = new ToldShards(new Outcome.Committed());
        shards.onOutcome(() -> {
            looked.incrementAndGet();
            await(hangs);
        });
        ExecutorService real = Executors.newCachedThreadPool();
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        FairCrew questions = new FairCrew("tests", new FairCrew.Limits(4, 1, 10, 10), real);
        Agents agents = new Agents();
        Server server = GrpcSecurity.NONE
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new CoordinatorEndpoint(
                        shards,
                        agents,
                        new NameClaims(shards, agents, timer, name -> {}),
                        HostLimits.DEFAULT,
                        "left",
                        AgentRules.read(Settings.of("rules", Map.of())),
                        new CoordinatorEndpoint.Threads(real, questions, questions)))
                .build()
                .start();
        ManagedChannel channel =
                GrpcSecurity.NONE.dial("127.0.0.1:" + server.getPort()).build();
        try {
            CoordinatorGrpc.CoordinatorFutureStub calls = CoordinatorGrpc.newFutureStub(channel);
            AskOutcomeRequest question = AskOutcomeRequest.newBuilder()
                    .setGtrid(ToldShards.TWO_PHASE)
                    .build();
            Future<OutcomeReply> first = calls.askOutcome(question);
            Eventually.soon("the first is under way", () -> looked.get() == 1);
            Future<OutcomeReply> left = calls.askOutcome(question);
            Eventually.soon("the second waits", () -> questions.waiting() == 1);

            left.cancel(true);
            Eventually.soon("it waits no more", () -> questions.waiting() == 0);
            hangs.countDown();

            assertThat(first.get(60, TimeUnit.SECONDS).getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
            assertThat(calls.askOutcome(question).get(60, TimeUnit.SECONDS).getKind())
                    .isEqualTo(OutcomeReply.Kind.COMMITTED);
            assertThat(looked).hasValue(2);
        } finally {
            hangs.countDown();
            channel.shutdownNow();
            server.shutdownNow();
            real.shutdownNow();
            timer.shutdownNow();
        }
    }
}
