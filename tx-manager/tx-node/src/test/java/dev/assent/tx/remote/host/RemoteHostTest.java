package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.Identity;
import dev.assent.tx.remote.wire.InDoubtReply;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.VoteReply;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteHostTest {
    /** As many as the node has threads for calls. */
    private static final int COMMITS = 256;

    private static final int STUCK = 300;

    private static final AgentId AGENT = new AgentId(1, 2);

    @TempDir
    Path folder;

    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    private final Queue<Command> scans = new ConcurrentLinkedQueue<>();
    private final Queue<NameAnswer.Kind> nameAnswers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger welcomes = new AtomicInteger();
    private final AtomicInteger agents = new AtomicInteger();
    private final Queue<OutcomeReply.Kind> outcomes = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private ApacheZooKeeper ensemble;
    private CoordinatorNode node;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        node = CoordinatorNode.start(
                new NodeConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "node",
                        1,
                        new NodeConfig.Coordination.Existing(ensemble.connectString()),
                        new NodeConfig.Timing(
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                Duration.ofSeconds(30),
                                Duration.ofMillis(500))),
                progress -> {});
        Eventually.soon("the node leads", () -> !node.led().isEmpty());
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", node.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        node.close();
        ensemble.close();
    }

    @Test
    void calls_that_wait_for_votes_do_not_keep_the_votes_from_coming_in() {
        StreamObserver<AgentMessage> agent = attach("orders");
        for (int number = 0; number < COMMITS; number++) {
            commit(beginWithOneBranch());
        }
        Eventually.soon("all branches were asked to prepare", () -> commands.size() == COMMITS);

        commands.forEach(command -> agent.onNext(readOnly(command)));

        Eventually.soon("all commits are answered", () -> outcomes.size() + failures.size() == COMMITS);
        assertThat(failures).isEmpty();
        assertThat(outcomes).containsOnly(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void a_branch_under_another_resource_managers_name_is_not_enlisted() {
        ByteString gtrid = begin();

        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> calls().enlist(enlistment(gtrid, "orders", "payments")))
                .satisfies(refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .withMessageContaining("field resource_manager: 'payments'")
                .withMessageContaining("bqual")
                .withMessageContaining("newBranch");
    }

    @Test
    void a_transaction_of_an_embedded_coordinator_cannot_be_joined() {
        GlobalTxId led = GlobalTxId.fromBytes(begin().toByteArray());
        GlobalTxId embedded = new GlobalTxId(
                led.cluster(), new EpochKey(Authority.EMBEDDED_2PC, 0, 16), 0, led.deadlineEpochMillis(), led.unique());
        JoinRequest join = JoinRequest.newBuilder()
                .setGtrid(ByteString.copyFrom(embedded.toBytes()))
                .setAgentId(AGENT.bytes())
                .build();

        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> calls().join(join))
                .satisfies(
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
                .withMessageContaining("embedded mode");
    }

    /** 300 branches of a resource that does not answer: more than the node has threads of any kind. */
    @Test
    void branches_that_get_stuck_keep_no_other_transaction_from_committing() {
        StreamObserver<AgentMessage> agent = attach("orders", "payments");
        for (int number = 0; number < STUCK; number++) {
            commit(beginWithOneBranch());
        }
        Eventually.soon("all branches were asked to prepare", () -> commands.size() == STUCK);

        for (int number = 0; number < 20; number++) {
            ByteString gtrid = begin();
            assertThat(calls().enlist(enlistment(gtrid, "payments", "payments")))
                    .isNotNull();
            commit(gtrid);
            int expected = STUCK + number + 1;
            Eventually.soon("the other resource's branch is asked", () -> commands.size() == expected);
            commands.stream()
                    .filter(command -> command.getResourceManager().equals("payments"))
                    .forEach(command -> agent.onNext(readOnly(command)));
            Eventually.soon("it is committed", () -> outcomes.size() == expected - STUCK);
        }

        assertThat(failures).isEmpty();
        assertThat(outcomes).containsOnly(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void a_branch_is_not_made_before_its_service_has_said_which_resource_it_is_in() {
        NamedResource untold = NamedResource.newBuilder()
                .setName("orders")
                .setUnknownBecause("connection refused by 10.0.0.7")
                .build();
        StreamObserver<AgentMessage> agent = attach(untold);

        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(this::beginWithOneBranch)
                .satisfies(refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.ABORTED))
                .withMessageContaining("'orders'")
                .withMessageContaining("not verified")
                .withMessageContaining("connection refused by 10.0.0.7");

        agent.onNext(hello(AGENT, named("orders", "system 1")));
        assertThat(beginWithOneBranch()).isNotNull();
    }

    @Test
    void a_branch_in_another_resource_than_its_name_stands_for_is_refused() {
        attach(named("payments", "system 1"));
        Eventually.soon("the name is taken", () -> nameAnswers.contains(NameAnswer.Kind.AGREED));
        StreamObserver<AgentMessage> other = attach(named("payments", "system 2"));
        Eventually.soon("the other is told", () -> nameAnswers.contains(NameAnswer.Kind.REFUSED));
        ByteString gtrid = begin();
        EnlistRequest enlistment = enlistment(gtrid, "payments", "payments").toBuilder()
                .setAgentId(new AgentId(AGENT.high(), agents.get()).bytes())
                .build();

        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> calls().enlist(enlistment))
                .satisfies(
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
                .withMessageContaining("system 1")
                .withMessageContaining("system 2")
                .withMessageContaining("/assent/rms/payments");
        other.onCompleted();
    }

    @Test
    void a_scan_of_another_resource_than_was_compared_is_not_believed() {
        StreamObserver<AgentMessage> agent = attach(named("orders", "system 1"));
        for (String scanned : List.of("system 2", "")) {
            Eventually.soon("it is asked for branches in doubt", () -> !scans.isEmpty());
            GlobalTxId ours = GlobalTxId.fromBytes(begin().toByteArray());
            BranchName branch = new BranchName(new ResourceName("orders").hash(), 0, AGENT.incarnation());
            GlobalTxId ofTheDead = new GlobalTxId(ours.cluster(), ours.key(), 0, 1, new GlobalTxId.Unique(1, 2));
            agent.onNext(AgentMessage.newBuilder()
                    .setReply(CommandReply.newBuilder()
                            .setCommandId(scans.remove().getCommandId())
                            .setInDoubt(InDoubtReply.newBuilder()
                                    .setIdentity(Identity.newBuilder().setText(scanned))
                                    .addBranches(Wire.branch(branch.in(ofTheDead)))))
                    .build());
        }

        Eventually.soon("it is asked again", () -> !scans.isEmpty());
        assertThat(commands).as("nothing was told to end").isEmpty();
    }

    @Test
    void services_are_welcome_while_the_store_is_away_and_their_resources_are_known_when_it_is_back() throws Exception {
        ensemble.stop();
        String[] names =
                IntStream.range(0, 64).mapToObj(number -> "rm" + number).toArray(String[]::new);

        for (int links = 0; links < 40; links++) {
            attach(names);
        }

        Eventually.soon("all are welcome", () -> welcomes.get() == 40);
        assertThat(failures).isEmpty();
        ensemble.start();
        Eventually.soon("all are known in the store", () -> ensemble.children("/assent/rms")
                .containsAll(List.of(names)));
        assertThat(failures).isEmpty();
    }

    /** With resources that cannot tell which ones they are. */
    private StreamObserver<AgentMessage> attach(String... resourceManagers) {
        return attach(
                Arrays.stream(resourceManagers).map(name -> named(name, "")).toArray(NamedResource[]::new));
    }

    private static NamedResource named(String name, String identity) {
        return NamedResource.newBuilder()
                .setName(name)
                .setIdentity(Identity.newBuilder().setText(identity))
                .build();
    }

    private StreamObserver<AgentMessage> attach(NamedResource... resources) {
        AgentId agent = new AgentId(AGENT.high(), agents.incrementAndGet());
        AgentId id = agents.get() == 1 ? AGENT : agent;
        StreamObserver<AgentMessage> link = CoordinatorGrpc.newStub(channel).attach(new Commands());
        link.onNext(hello(id, resources));
        int attached = agents.get();
        Eventually.soon("it is welcome", () -> welcomes.get() >= attached);
        return link;
    }

    private static AgentMessage hello(AgentId agent, NamedResource... resources) {
        return AgentMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setAgentId(agent.bytes())
                        .setService("shop")
                        .addAllResources(List.of(resources)))
                .build();
    }

    private CoordinatorGrpc.CoordinatorBlockingStub calls() {
        return CoordinatorGrpc.newBlockingStub(channel);
    }

    private ByteString begin() {
        return calls().begin(BeginRequest.newBuilder().setTimeoutMillis(120_000).build())
                .getGtrid();
    }

    private ByteString beginWithOneBranch() {
        ByteString gtrid = begin();
        assertThat(calls().enlist(enlistment(gtrid, "orders", "orders"))).isNotNull();
        return gtrid;
    }

    private static EnlistRequest enlistment(ByteString gtrid, String inBqual, String resourceManager) {
        BranchName branch = new BranchName(new ResourceName(inBqual).hash(), 0, AGENT.incarnation());
        return EnlistRequest.newBuilder()
                .setGtrid(gtrid)
                .setBqual(ByteString.copyFrom(branch.toBytes()))
                .setAgentId(AGENT.bytes())
                .setResourceManager(resourceManager)
                .build();
    }

    private void commit(ByteString gtrid) {
        CoordinatorGrpc.newStub(channel)
                .commit(CommitRequest.newBuilder().setGtrid(gtrid).build(), new Outcomes());
    }

    private static AgentMessage readOnly(Command command) {
        return AgentMessage.newBuilder()
                .setReply(CommandReply.newBuilder()
                        .setCommandId(command.getCommandId())
                        .setVote(VoteReply.newBuilder().setKind(VoteReply.Kind.READ_ONLY)))
                .build();
    }

    private final class Commands implements StreamObserver<NodeMessage> {
        @Override
        public void onNext(NodeMessage message) {
            if (message.hasWelcome()) {
                welcomes.incrementAndGet();
            }
            if (message.hasNameAnswer()) {
                nameAnswers.add(message.getNameAnswer().getKind());
            }
            if (message.hasCommand()) {
                boolean isScan = message.getCommand().getKind() == Command.Kind.SCAN;
                (isScan ? scans : commands).add(message.getCommand());
            }
        }

        @Override
        public void onError(Throwable lost) {
            failures.add(lost);
        }

        @Override
        public void onCompleted() {
            // the node stops
        }
    }

    private final class Outcomes implements StreamObserver<OutcomeReply> {
        @Override
        public void onNext(OutcomeReply outcome) {
            outcomes.add(outcome.getKind());
        }

        @Override
        public void onError(Throwable failed) {
            failures.add(failed);
        }

        @Override
        public void onCompleted() {
            // its only message has come before
        }
    }
}
