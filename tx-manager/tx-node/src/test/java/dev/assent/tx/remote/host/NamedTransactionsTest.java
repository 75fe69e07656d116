package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CompletionReply;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.Identity;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.OwnBranch;
import dev.assent.tx.remote.wire.Refusal;
import dev.assent.tx.remote.wire.Request;
import dev.assent.tx.remote.wire.RollbackRequest;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that a service has named by itself, and what it asks about them over its link. */
class NamedTransactionsTest {
    private static final AgentId AGENT = new AgentId(1, 2);
    private static final int LIMIT_SECONDS = 180;

    @TempDir
    Path folder;

    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final Map<Long, Answer> answers = new ConcurrentHashMap<>();
    private final BlockingQueue<Leading> leading = new LinkedBlockingQueue<>();
    private final BlockingQueue<NameAnswer> nameAnswers = new LinkedBlockingQueue<>();
    private ApacheZooKeeper ensemble;
    private CoordinatorNode node;
    private ManagedChannel channel;
    private StreamObserver<AgentMessage> link;
    private long grant;
    private long lastRequest;
    private int lastNumber;

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
        link = CoordinatorGrpc.newStub(channel).attach(new Heard());
        hello(resource("orders"), resource("payments"));
        grant = next(leading).getGrant();
        assertThat(next(nameAnswers).getKind()).isEqualTo(NameAnswer.Kind.AGREED);
        assertThat(next(nameAnswers).getKind()).isEqualTo(NameAnswer.Kind.AGREED);
    }

    private void hello(NamedResource... resources) {
        link.onNext(AgentMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setAgentId(AGENT.bytes())
                        .setService("shop")
                        .addAllResources(List.of(resources)))
                .build());
    }

    private static NamedResource resource(String name) {
        return NamedResource.newBuilder()
                .setName(name)
                .setIdentity(Identity.newBuilder().setText("system of " + name))
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        node.close();
        ensemble.close();
    }

    @Test
    void a_name_is_begun_by_the_first_who_speaks_of_it_and_never_again() {
        ByteString name = name(grant);

        assertThat(answer(join(name)).hasJoined()).isTrue();
        assertThat(answer(rollback(name)).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.ROLLED_BACK);

        assertThat(answer(join(name)).getRefusal().getCode()).isEqualTo(Status.Code.NOT_FOUND.value());
        Refusal refused = answer(commit(name)).getRefusal();
        assertThat(refused.getCode()).isEqualTo(Status.Code.NOT_FOUND.value());
        assertThat(refused.getNotBegun()).isTrue();
    }

    /** The second request neither brings a branch twice nor goes on without the one that the first still waits for. */
    @Test
    void a_commit_that_comes_again_while_the_first_waits_for_a_name_brings_its_branches_once() {
        hello(
                NamedResource.newBuilder()
                        .setName("orders")
                        .setUnknownBecause("it is asked")
                        .build(),
                resource("payments"));
        ByteString name = name(grant);
        OwnBranch orders = own("orders", new Vote.Prepared());
        OwnBranch payments = own("payments", new Vote.Prepared());
        long first = ask(commit(name, payments, orders));
        long second = ask(commit(name, payments, orders));
        hello(resource("orders"), resource("payments"));

        assertThat(List.of(obeyed(), obeyed())).containsExactlyInAnyOrder("COMMIT orders", "COMMIT payments");
        assertThat(answerTo(first).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
        assertThat(answerTo(second).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void a_name_that_nobody_had_leave_to_make_is_not_known() {
        assertThat(answer(join(name(grant + 1))).getRefusal().getCode()).isEqualTo(Status.Code.NOT_FOUND.value());
    }

    @Test
    void a_deadline_further_away_than_a_time_out_may_be_long_is_refused() {
        GlobalTxId far = named(grant, System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1));

        assertThat(answer(join(Wire.gtrid(far))).getRefusal().getDescription()).contains("time-out must be at most");
    }

    @Test
    void branches_that_bring_their_votes_with_the_commit_are_not_asked_to_prepare() {
        ByteString name = name(grant);
        long asked = ask(commit(name, own("orders", new Vote.Prepared()), own("payments", new Vote.Prepared())));

        assertThat(List.of(obeyed(), obeyed())).containsExactlyInAnyOrder("COMMIT orders", "COMMIT payments");
        assertThat(answerTo(asked).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void a_commit_that_is_asked_again_with_its_branches_hears_the_same() {
        ByteString name = name(grant);
        OwnBranch orders = own("orders", new Vote.Prepared());
        OwnBranch payments = own("payments", new Vote.Prepared());
        long first = ask(commit(name, orders, payments));
        long second = ask(commit(name, orders, payments));

        assertThat(List.of(obeyed(), obeyed())).containsExactlyInAnyOrder("COMMIT orders", "COMMIT payments");
        assertThat(answerTo(first).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
        assertThat(answerTo(second).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void a_no_among_the_votes_rolls_back_all() {
        ByteString name = name(grant);
        long asked = ask(
                commit(name, own("orders", new Vote.Prepared()), own("payments", new Vote.Rollback("no money left"))));

        assertThat(List.of(obeyed(), obeyed())).containsExactlyInAnyOrder("ROLLBACK orders", "ROLLBACK payments");
        OutcomeReply outcome = answerTo(asked).getOutcome();
        assertThat(outcome.getKind()).isEqualTo(OutcomeReply.Kind.ROLLED_BACK);
        assertThat(outcome.getDetail()).contains("no money left");
    }

    @Test
    void an_only_branch_that_is_prepared_already_is_decided_like_any_other() {
        ByteString name = name(grant);
        long asked = ask(commit(name, own("orders", new Vote.Prepared())));

        assertThat(obeyed()).isEqualTo("COMMIT orders");
        assertThat(answerTo(asked).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void branches_that_come_with_the_rollback_are_told() {
        ByteString name = name(grant);
        long asked = ask(Request.newBuilder()
                .setRollback(RollbackRequest.newBuilder()
                        .setGtrid(name)
                        .setAgentId(AGENT.bytes())
                        .addBranches(own("orders"))));

        assertThat(obeyed()).isEqualTo("ROLLBACK orders");
        assertThat(answerTo(asked).getOutcome().getKind()).isEqualTo(OutcomeReply.Kind.ROLLED_BACK);
    }

    @Test
    void over_its_link_an_agent_speaks_for_itself_only() {
        Request.Builder forged = Request.newBuilder()
                .setEnlist(EnlistRequest.newBuilder()
                        .setGtrid(name(grant))
                        .setAgentId(new AgentId(1, 3).bytes())
                        .setResourceManager("orders"));

        assertThat(answer(forged).getRefusal().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED.value());
    }

    @Test
    void a_request_of_an_unknown_kind_is_answered_as_such() {
        assertThat(answer(Request.newBuilder()).getRefusal().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED.value());
    }

    private ByteString name(long from) {
        return Wire.gtrid(named(from, System.currentTimeMillis() + TimeUnit.MINUTES.toMillis(2)));
    }

    private GlobalTxId named(long from, long deadlineEpochMillis) {
        EpochRef epoch = node.led().get(0);
        GlobalTxId any = GlobalTxId.fromBytes(CoordinatorGrpc.newBlockingStub(channel)
                .begin(BeginRequest.newBuilder().setTimeoutMillis(1_000).build())
                .getGtrid()
                .toByteArray());
        long low = (long) ++lastNumber << Integer.SIZE | 0xABCDL;
        return new GlobalTxId(
                any.cluster(), epoch.key(), epoch.version(), deadlineEpochMillis, new GlobalTxId.Unique(from, low));
    }

    private static Request.Builder join(ByteString name) {
        return Request.newBuilder()
                .setJoin(JoinRequest.newBuilder().setGtrid(name).setAgentId(AGENT.bytes()));
    }

    private static Request.Builder rollback(ByteString name) {
        return Request.newBuilder()
                .setRollback(RollbackRequest.newBuilder().setGtrid(name).setCause("not wanted"));
    }

    private static Request.Builder commit(ByteString name, OwnBranch... branches) {
        return Request.newBuilder()
                .setCommit(CommitRequest.newBuilder()
                        .setGtrid(name)
                        .setAgentId(AGENT.bytes())
                        .addAllBranches(List.of(branches)));
    }

    private static OwnBranch own(String resourceManager, Vote vote) {
        return own(resourceManager).setVote(Wire.vote(vote)).build();
    }

    private static OwnBranch.Builder own(String resourceManager) {
        BranchName name = new BranchName(new ResourceName(resourceManager).hash(), 1, AGENT.incarnation());
        return OwnBranch.newBuilder()
                .setBqual(ByteString.copyFrom(name.toBytes()))
                .setResourceManager(resourceManager);
    }

    private long ask(Request.Builder request) {
        long id = ++lastRequest;
        link.onNext(
                AgentMessage.newBuilder().setRequest(request.setRequestId(id)).build());
        return id;
    }

    private Answer answer(Request.Builder request) {
        return answerTo(ask(request));
    }

    private Answer answerTo(long request) {
        Eventually.soon("request " + request + " is answered", () -> answers.containsKey(request));
        return Objects.requireNonNull(answers.get(request));
    }

    /** The next command but for scans, which is obeyed. */
    private String obeyed() {
        Command command = next(commands);
        link.onNext(AgentMessage.newBuilder()
                .setReply(CommandReply.newBuilder()
                        .setCommandId(command.getCommandId())
                        .setCompletion(CompletionReply.newBuilder().setKind(CompletionReply.Kind.DONE)))
                .build());
        return command.getKind() + " " + command.getResourceManager();
    }

    private static <T> T next(BlockingQueue<T> queue) {
        try {
            return Optional.ofNullable(queue.poll(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .orElseThrow(() -> new AssertionError("nothing was heard within " + LIMIT_SECONDS + " s"));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private final class Heard implements StreamObserver<NodeMessage> {
        @Override
        public void onNext(NodeMessage message) {
            if (message.hasAnswer()) {
                answers.put(message.getAnswer().getRequestId(), message.getAnswer());
            } else if (message.hasLeading()) {
                leading.add(message.getLeading());
            } else if (message.hasNameAnswer()) {
                nameAnswers.add(message.getNameAnswer());
            } else if (message.hasCommand() && message.getCommand().getKind() != Command.Kind.SCAN) {
                commands.add(message.getCommand());
            }
        }

        @Override
        public void onError(Throwable lost) {
            // the test ends
        }

        @Override
        public void onCompleted() {
            // the node stops
        }
    }
}
