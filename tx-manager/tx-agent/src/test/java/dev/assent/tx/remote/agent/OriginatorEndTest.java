package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.OwnBranch;
import dev.assent.tx.remote.wire.Refusal;
import dev.assent.tx.remote.wire.VoteReply;
import dev.assent.tx.testing.ToyResource;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OriginatorEndTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final AgentId AGENT = new AgentId(1, 2);
    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, Long.MAX_VALUE, new GlobalTxId.Unique(3, 4));

    private static final Refusal LOST =
            Refusal.newBuilder().setCode(Status.Code.UNAVAILABLE.value()).build();
    private static final Refusal NOT_BEGUN = Refusal.newBuilder()
            .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
            .setDescription("10 transactions are under way here")
            .setNotBegun(true)
            .build();

    private final List<CommitRequest> asked = new CopyOnWriteArrayList<>();
    private volatile Refusal answer = LOST;
    private final NodeDirectory directory = new NodeDirectory();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final LocalParts parts = new LocalParts(10, Runnable::run);
    private Server node;
    private NodeLink link;
    private OriginatorEnd end;

    @BeforeEach
    void start() throws IOException {
        String name = UUID.randomUUID().toString();
        node = InProcessServerBuilder.forName(name)
                .addService(new LosingNode())
                .build()
                .start();
        link = new NodeLink(
                "node", InProcessChannelBuilder.forName(name).build(), directory, NodesStatusTest.nobody(), timer);
        link.dial();
        directory.leads(
                link, List.of(Leading.Shard.newBuilder().setShard(0).setEpoch(1).build()), 1);
        RemoteConfig impatient = new RemoteConfig(List.of("127.0.0.1:1"), "shop", LONG, LONG, Duration.ofMillis(1), 10);
        CoordinatorCalls calls =
                new CoordinatorCalls(directory, impatient, new ClockSkew(System::currentTimeMillis), id -> false);
        end = new OriginatorEnd(AGENT, new BranchCommands(parts), parts, calls);
    }

    @AfterEach
    void stop() {
        directory.close();
        link.close();
        node.shutdownNow();
        timer.shutdownNow();
    }

    /** If the first request never came there, the node hears of the transaction with the second. */
    @Test
    void a_commit_that_is_asked_again_brings_its_branches_and_their_votes_again() {
        LocalPart part = parts.open(ID);
        part.begunHere();
        BranchName name = new BranchName(new ResourceName("orders").hash(), 1, AGENT.incarnation());
        BranchId branch = name.in(ID);
        assertThat(part.add(new BranchRun(branch, new ToyResource("orders")))).isTrue();

        assertThat(end.commit(part, LONG)).isInstanceOf(Outcome.Unknown.class);
        assertThat(end.commit(part, LONG)).isInstanceOf(Outcome.Unknown.class);

        assertThat(asked).hasSize(2).allSatisfy(request -> assertThat(request.getBranchesList())
                .singleElement()
                .extracting(OwnBranch::getVote)
                .extracting(VoteReply::getKind)
                .isEqualTo(VoteReply.Kind.PREPARED));
    }

    private LocalPart withBranch(ToyResource orders) {
        LocalPart part = parts.open(ID);
        part.begunHere();
        BranchName name = new BranchName(new ResourceName("orders").hash(), 1, AGENT.incarnation());
        assertThat(part.add(new BranchRun(name.in(ID), orders))).isTrue();
        return part;
    }

    @Test
    void a_commit_that_was_refused_before_it_began_is_told_as_rolled_back_with_the_reason() {
        ToyResource orders = new ToyResource("orders");
        LocalPart part = withBranch(orders);
        answer = NOT_BEGUN;

        assertThat(end.commit(part, LONG))
                .isInstanceOfSatisfying(Outcome.RolledBack.class, outcome -> assertThat(outcome.cause())
                        .contains("10 transactions are under way here"));

        assertThat(orders.prepared()).isEmpty();
        assertThat(orders.count(ToyResource.State.ROLLED_BACK)).isEqualTo(1);
        assertThat(part.askCommit()).isFalse();
    }

    /** The first request may be under way. */
    @Test
    void a_commit_that_was_asked_for_before_is_not_taken_back_when_it_is_refused() {
        ToyResource orders = new ToyResource("orders");
        LocalPart part = withBranch(orders);
        assertThat(end.commit(part, LONG)).isInstanceOf(Outcome.Unknown.class);
        answer = NOT_BEGUN;

        assertThat(end.commit(part, LONG)).isInstanceOf(Outcome.Unknown.class);

        assertThat(orders.prepared()).hasSize(1);
    }

    @Test
    void a_commit_whose_coordinator_was_replaced_before_it_was_asked_for_is_not_asked_for() {
        ToyResource orders = new ToyResource("orders");
        LocalPart part = withBranch(orders);
        directory.leads(
                link, List.of(Leading.Shard.newBuilder().setShard(0).setEpoch(2).build()), 1);

        assertThat(end.commit(part, LONG)).isInstanceOf(Outcome.RolledBack.class);

        assertThat(asked).isEmpty();
        assertThat(orders.prepared()).isEmpty();
    }

    /** Loses every call, unless it is told what to answer, and knows no outcome. */
    private final class LosingNode extends CoordinatorGrpc.CoordinatorImplBase {
        @Override
        public StreamObserver<AgentMessage> attach(StreamObserver<NodeMessage> out) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentMessage message) {
                    if (message.hasRequest()) {
                        if (message.getRequest().hasCommit()) {
                            asked.add(message.getRequest().getCommit());
                        }
                        out.onNext(NodeMessage.newBuilder()
                                .setAnswer(Answer.newBuilder()
                                        .setRequestId(message.getRequest().getRequestId())
                                        .setRefusal(answer))
                                .build());
                    }
                }

                @Override
                public void onError(Throwable lost) {
                    // the test ends
                }

                @Override
                public void onCompleted() {
                    out.onCompleted();
                }
            };
        }

        @Override
        public void askOutcome(AskOutcomeRequest request, StreamObserver<OutcomeReply> reply) {
            reply.onNext(Wire.outcome(new Outcome.Unknown("nothing is decided yet")));
            reply.onCompleted();
        }
    }
}
