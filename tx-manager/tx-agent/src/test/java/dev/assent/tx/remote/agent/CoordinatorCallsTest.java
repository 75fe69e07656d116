package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.Refusal;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class CoordinatorCallsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Outcome NEVER_TOLD = new Outcome.Unknown("nothing was changed by it", true);
    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, 1_000, new GlobalTxId.Unique(0, 1));

    @Test
    void who_sweeps_does_not_wait_for_a_leader() {
        RemoteConfig patient = new RemoteConfig(
                List.of("127.0.0.1:1"),
                "shop",
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                10);
        CoordinatorCalls calls = new CoordinatorCalls(
                new NodeDirectory(), patient, new ClockSkew(System::currentTimeMillis), id -> false);

        assertThat(CompletableFuture.supplyAsync(() -> calls.askNow(ID)))
                .succeedsWithin(Duration.ofMinutes(2))
                .isInstanceOf(Outcome.Unknown.class);
    }

    /** After a takeover nothing is on record of what only read, and nothing ever will be. */
    @Test
    void a_caller_is_not_kept_waiting_for_what_the_store_will_never_tell() throws Exception {
        try (LossyNode node = new LossyNode(asked -> NEVER_TOLD)) {
            assertThat(CompletableFuture.supplyAsync(() -> node.commit()))
                    .succeedsWithin(SOON)
                    .isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> {
                        assertThat(unknown.cause()).contains("answer was lost").contains("nothing was changed by it");
                        assertThat(unknown.lasting()).isTrue();
                    });
        }
    }

    @Test
    void what_another_service_tells_meanwhile_is_heard() throws Exception {
        try (LossyNode node = new LossyNode(asked -> asked < 3 ? NEVER_TOLD : new Outcome.RolledBack("told"))) {
            assertThat(CompletableFuture.supplyAsync(() -> node.commit()))
                    .succeedsWithin(SOON)
                    .isEqualTo(new Outcome.RolledBack("told"));
        }
    }

    @Test
    void what_may_be_known_later_is_asked_for_all_the_time() throws Exception {
        Outcome notYet = new Outcome.Unknown("the store is away");
        try (LossyNode node = new LossyNode(asked -> asked < 50 ? notYet : new Outcome.Committed())) {
            assertThat(CompletableFuture.supplyAsync(() -> node.commit()))
                    .succeedsWithin(SOON)
                    .isEqualTo(new Outcome.Committed());
        }
    }

    /** A link over which every call is lost. */
    private record Losing(StreamObserver<NodeMessage> out) implements StreamObserver<AgentMessage> {
        @Override
        public void onNext(AgentMessage message) {
            if (message.hasRequest()) {
                out.onNext(NodeMessage.newBuilder()
                        .setAnswer(Answer.newBuilder()
                                .setRequestId(message.getRequest().getRequestId())
                                .setRefusal(Refusal.newBuilder().setCode(Status.Code.UNAVAILABLE.value())))
                        .build());
            }
        }

        @Override
        public void onError(Throwable lost) {}

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }

    /** A leading node that loses its answer to a commit, and is asked for the outcome then. */
    private static final class LossyNode implements AutoCloseable {
        private final NodeDirectory directory = new NodeDirectory();
        private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        private final Server server;
        private final NodeLink link;

        LossyNode(IntFunction<Outcome> outcomes) throws IOException {
            String name = UUID.randomUUID().toString();
            AtomicInteger asked = new AtomicInteger();
            server = InProcessServerBuilder.forName(name)
                    .addService(new CoordinatorGrpc.CoordinatorImplBase() {
                        @Override
                        public StreamObserver<AgentMessage> attach(StreamObserver<NodeMessage> out) {
                            return new Losing(out);
                        }

                        @Override
                        public void askOutcome(AskOutcomeRequest request, StreamObserver<OutcomeReply> reply) {
                            reply.onNext(Wire.outcome(outcomes.apply(asked.getAndIncrement())));
                            reply.onCompleted();
                        }
                    })
                    .build()
                    .start();
            link = new NodeLink(
                    "node", InProcessChannelBuilder.forName(name).build(), directory, NodesStatusTest.nobody(), timer);
            link.dial();
            directory.leads(
                    link,
                    List.of(Leading.Shard.newBuilder().setShard(0).setEpoch(2).build()),
                    1);
        }

        Outcome commit() {
            CommitRequest request =
                    CommitRequest.newBuilder().setGtrid(Wire.gtrid(ID)).build();
            return calls().commit(request, ID, LONG);
        }

        CoordinatorCalls calls() {
            RemoteConfig patient = new RemoteConfig(List.of("127.0.0.1:1"), "shop", LONG, LONG, LONG, 10);
            return new CoordinatorCalls(directory, patient, new ClockSkew(System::currentTimeMillis), id -> false);
        }

        @Override
        public void close() {
            directory.close();
            link.close();
            server.shutdownNow();
            timer.shutdownNow();
        }
    }
}
