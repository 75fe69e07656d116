package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AcceptorGrpc;
import dev.assent.tx.remote.wire.AcceptorQuestion;
import dev.assent.tx.remote.wire.AcceptorsQuestion;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.BallotNumber;
import dev.assent.tx.remote.wire.BallotValue;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.ChosenDecision;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.CoordinatorGrpc.CoordinatorBlockingStub;
import dev.assent.tx.remote.wire.DoomRequest;
import dev.assent.tx.remote.wire.ForgetRegister;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.IntroductionQuestion;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.RollbackRequest;
import dev.assent.tx.remote.wire.Value;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TestCertificates;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service with a good certificate of its own may not do all the same. */
@Timeout(300)
final class CertifiedRightsTest {
    private static final Map<String, String> RULES = Map.of(
            "agents", "shop,bank,thief",
            "agent.shop.resources", "orders",
            "agent.bank.resources", "accounts",
            "agent.bank.joins", "shop",
            "agent.thief.joins", "bank");

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestCertificates certificates;
    private CoordinatorNode node;

    @SuppressWarnings("NullAway.Init") // The node is started before each test.
    CertifiedRightsTest() {}

    @BeforeEach
    void start() throws Exception {
        certificates = new TestCertificates(folder.resolve("certificates"));
        ApacheZooKeeper store = new ApacheZooKeeper(folder.resolve("store"));
        open.add(store);
        node = CoordinatorNode.start(
                config(store.connectString())
                        .withAcceptor(folder.resolve("acceptor"))
                        .withTls(certificates.of(Role.NODE, "left"))
                        .withRules(AgentRules.read(Settings.of("rules", RULES))),
                progress -> {});
        open.add(0, node);
        Eventually.soon("it leads", () -> !node.led().isEmpty());
    }

    private static NodeConfig config(String connect) {
        return new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "left",
                1,
                new NodeConfig.Coordination.Existing(connect),
                new NodeConfig.Timing(
                        Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(500)));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable opened : open) {
            opened.close();
        }
    }

    private ManagedChannel channel(String service) throws Exception {
        Security security = Security.once(certificates.of(Role.AGENT, service));
        ManagedChannel channel = GrpcSecurity.of(security)
                .dial("127.0.0.1:" + node.port(), Role.NODE)
                .build();
        open.add(0, channel::shutdownNow);
        return channel;
    }

    private CoordinatorBlockingStub calls(String service) throws Exception {
        return CoordinatorGrpc.newBlockingStub(channel(service)).withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    private static ByteString begin(CoordinatorBlockingStub calls) {
        return calls.begin(BeginRequest.newBuilder().setTimeoutMillis(60_000).build())
                .getGtrid();
    }

    private static JoinRequest joining(ByteString gtrid, int agent) {
        return JoinRequest.newBuilder()
                .setGtrid(gtrid)
                .setAgentId(new AgentId(agent, agent).bytes())
                .build();
    }

    private static void assertDenied(ThrowingCallable call, String because) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call).satisfies(refusal -> {
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refusal.getStatus().getDescription()).contains(because);
        });
    }

    /** How a link ends that begins with such a hello; welcomed ones do not end. */
    private Status attach(String service, String resource) throws Exception {
        return attach(service, resource, message -> {});
    }

    private Status attach(String service, String resource, Consumer<NodeMessage> heard) throws Exception {
        return attach(
                service,
                Hello.newBuilder()
                        .addResources(
                                NamedResource.newBuilder().setName(resource).setUnknownBecause("a test")),
                heard);
    }

    private Status attach(String service, Hello.Builder hello, Consumer<NodeMessage> heard) throws Exception {
        AtomicReference<@Nullable Status> end = new AtomicReference<>();
        StreamObserver<AgentMessage> link = CoordinatorGrpc.newStub(channel(service))
                .attach(new StreamObserver<>() {
                    @Override
                    public void onNext(NodeMessage message) {
                        heard.accept(message);
                        if (message.hasWelcome()) {
                            end.compareAndSet(null, Status.OK);
                        }
                    }

                    @Override
                    public void onError(Throwable failed) {
                        end.compareAndSet(null, Status.fromThrowable(failed));
                    }

                    @Override
                    public void onCompleted() {}
                });
        link.onNext(AgentMessage.newBuilder()
                .setHello(hello.setAgentId(new AgentId(9, service.hashCode()).bytes())
                        .setService(service))
                .build());
        Eventually.soon("an answer to the hello", () -> end.get() != null);
        Status ended = end.get();
        return ended == null ? Status.UNKNOWN : ended;
    }

    @Test
    void a_service_serves_what_the_node_was_told_that_it_may_and_a_stranger_nothing() throws Exception {
        Status own = attach("shop", "orders");
        Status others = attach("thief", "accounts");
        Status stranger = attach("nobody", "orders");

        assertThat(own.isOk()).isTrue();
        assertThat(others.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(others.getDescription()).contains("thief may not serve accounts");
        assertThat(stranger.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(stranger.getDescription()).contains("nobody is none of those");
    }

    @Test
    void a_token_is_worth_nothing_to_a_service_that_may_not_take_part() throws Exception {
        CoordinatorBlockingStub shop = calls("shop");
        ByteString gtrid = begin(shop);

        assertDenied(() -> calls("thief").join(joining(gtrid, 7)), "thief may not take part in transactions of shop");
        assertDenied(() -> calls("nobody").join(joining(gtrid, 8)), "nobody may not take part");

        calls("bank").join(joining(gtrid, 9));
        assertThat(shop.commit(CommitRequest.newBuilder().setGtrid(gtrid).build())
                        .getKind())
                .isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void who_takes_no_part_ends_nothing_though_he_knows_the_transaction() throws Exception {
        CoordinatorBlockingStub shop = calls("shop");
        CoordinatorBlockingStub bank = calls("bank");
        ByteString gtrid = begin(shop);

        assertDenied(() -> bank.doom(DoomRequest.newBuilder().setGtrid(gtrid).build()), "takes part in it");
        assertDenied(
                () -> bank.commit(CommitRequest.newBuilder().setGtrid(gtrid).build()), "agent/bank");
        assertDenied(
                () -> bank.rollback(RollbackRequest.newBuilder().setGtrid(gtrid).build()), "agent/bank");

        assertThat(shop.commit(CommitRequest.newBuilder().setGtrid(gtrid).build())
                        .getKind())
                .isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    @Test
    void a_stranger_begins_nothing() throws Exception {
        assertDenied(() -> begin(calls("nobody")), "agent/nobody");
    }

    @Test
    void who_may_not_take_part_uses_up_no_name_that_a_service_may_still_give() throws Exception {
        AtomicLong grant = new AtomicLong();
        attach("shop", "orders", message -> {
            if (message.hasLeading()) {
                grant.set(message.getLeading().getGrant());
            }
        });
        Eventually.soon("leave to name transactions", () -> grant.get() != 0);
        CoordinatorBlockingStub shop = calls("shop");
        GlobalTxId any = GlobalTxId.fromBytes(begin(shop).toByteArray());
        ByteString farAhead = named(any, grant.get(), 1_000_000);
        ByteString next = named(any, grant.get(), 1);

        assertDenied(() -> calls("thief").join(joining(farAhead, 7)), "thief may not take part");
        assertDenied(
                () -> calls("thief")
                        .doom(DoomRequest.newBuilder().setGtrid(farAhead).build()),
                "takes part in it");

        CommitRequest commit = CommitRequest.newBuilder().setGtrid(next).build();
        assertThat(shop.commit(commit).getKind()).isEqualTo(OutcomeReply.Kind.COMMITTED);
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> calls("bank")
                        .doom(DoomRequest.newBuilder().setGtrid(next).build()))
                .satisfies(ended -> assertThat(ended.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void a_stranger_neither_asks_how_a_transaction_ended_nor_tells_it() throws Exception {
        CoordinatorBlockingStub shop = calls("shop");
        ByteString gtrid = begin(shop);
        AskOutcomeRequest asked = AskOutcomeRequest.newBuilder().setGtrid(gtrid).build();

        assertDenied(() -> calls("nobody").askOutcome(asked), "agent/nobody");
        assertDenied(() -> calls("nobody").learn(committed(byAcceptors(gtrid, 60_000))), "agent/nobody");
        assertThat(calls("bank").askOutcome(asked).getKind()).isEqualTo(OutcomeReply.Kind.UNKNOWN);
    }

    @Test
    void a_decision_that_no_acceptor_confirms_is_not_recorded_on_a_services_word() throws Exception {
        ByteString early = byAcceptors(begin(calls("shop")), 60_000);
        ByteString overdue = byAcceptors(begin(calls("shop")), -60_000);

        for (ByteString gtrid : List.of(early, overdue)) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> calls("thief").learn(committed(gtrid)))
                    .satisfies(refusal -> assertThat(refusal.getStatus().getDescription())
                            .contains("that the acceptors chose COMMIT cannot be confirmed now"));
            AskOutcomeRequest asked =
                    AskOutcomeRequest.newBuilder().setGtrid(gtrid).build();
            assertThat(calls("shop").askOutcome(asked).getKind()).isNotEqualTo(OutcomeReply.Kind.COMMITTED);
        }
    }

    @Test
    void a_service_that_names_acceptors_as_it_likes_has_no_commit_recorded_by_them() throws Exception {
        GrpcSecurity thiefs = GrpcSecurity.of(Security.once(certificates.of(Role.AGENT, "thief")));
        ByteString overdue = byAcceptors(begin(calls("shop")), -60_000);
        try (LyingAcceptor first = LyingAcceptor.start(1, thiefs);
                LyingAcceptor second = LyingAcceptor.start(2, thiefs)) {
            AcceptorAt nodes =
                    AcceptorGrpc.newBlockingStub(channel("bank"))
                            .introduce(IntroductionQuestion.getDefaultInstance())
                            .toBuilder()
                            .setAddress("127.0.0.1:" + node.port())
                            .build();
            attach("shop", Hello.newBuilder().setAcceptor(second.at()), message -> {});
            second.names(second.at());
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> calls("thief").learn(committed(overdue)));
            assertThat(second.looked()).isPositive();
            assertThat(second.asked())
                    .as("the shop's certificate is another one")
                    .isZero();
            attach("thief", Hello.newBuilder().setAcceptor(first.at()), message -> {});

            for (List<AcceptorAt> lie : List.of(List.of(first.at()), List.of(first.at(), second.at(), nodes))) {
                first.names(lie.toArray(AcceptorAt[]::new));
                assertThatExceptionOfType(StatusRuntimeException.class)
                        .isThrownBy(() -> calls("thief").learn(committed(overdue)))
                        .satisfies(refusal -> assertThat(refusal.getStatus().getDescription())
                                .contains("that the acceptors chose COMMIT cannot be confirmed now"));
                AskOutcomeRequest asked =
                        AskOutcomeRequest.newBuilder().setGtrid(overdue).build();
                assertThat(calls("shop").askOutcome(asked).getKind()).isEqualTo(OutcomeReply.Kind.UNKNOWN);
            }
            assertThat(first.asked()).as("it was asked, and not believed").isPositive();
        }
    }

    @Test
    void a_nodes_acceptor_does_for_a_service_what_is_a_services() throws Exception {
        ByteString gtrid = byAcceptors(begin(calls("shop")), 60_000);
        ByteString acceptor = AcceptorGrpc.newBlockingStub(channel("shop"))
                .introduce(IntroductionQuestion.getDefaultInstance())
                .getAcceptor();
        AcceptorQuestion question = AcceptorQuestion.newBuilder()
                .setGtrid(gtrid)
                .setAcceptor(acceptor)
                .build();
        AcceptorGrpc.AcceptorBlockingStub shops = AcceptorGrpc.newBlockingStub(channel("shop"));
        AcceptorGrpc.AcceptorBlockingStub strangers = AcceptorGrpc.newBlockingStub(channel("nobody"));
        BallotNumber.Builder ballot = BallotNumber.newBuilder().setProposer(acceptor);
        AcceptorQuestion preCommit = question.toBuilder()
                .setAccept(BallotValue.newBuilder().setBallot(ballot).setValue(Value.COMMIT))
                .build();
        AcceptorQuestion commit = question.toBuilder()
                .setAccept(BallotValue.newBuilder()
                        .setBallot(ballot.clone().setRound(7))
                        .setValue(Value.COMMIT))
                .build();
        AcceptorQuestion prepare =
                question.toBuilder().setPrepare(ballot.clone().setRound(7)).build();
        AcceptorQuestion forget = question.toBuilder()
                .setForget(ForgetRegister.getDefaultInstance())
                .build();

        assertDenied(() -> strangers.ask(prepare), "agent/nobody");
        assertDenied(() -> shops.ask(preCommit), "alone proposes under ballot 0");
        assertDenied(() -> shops.ask(commit), "no coordinator has proposed COMMIT here");
        assertDenied(() -> shops.ask(forget), "not to be forgotten so soon");
        assertDenied(
                () -> shops.find(AcceptorsQuestion.newBuilder().setGtrid(gtrid).build()), "is a node");
        assertThat(shops.ask(prepare).getPromise().hasAccepted())
                .as("nothing of it was done")
                .isFalse();
    }

    @Test
    void what_is_packed_small_is_not_unpacked_beyond_the_limit() throws Exception {
        CoordinatorBlockingStub shop = calls("shop");
        DoomRequest huge = DoomRequest.newBuilder()
                .setGtrid(begin(shop))
                .setCause("x".repeat(32 << 20))
                .build();

        assertThatExceptionOfType(StatusRuntimeException.class)
                // With which code is the library's affair, as it is its reading that fails.
                .isThrownBy(() -> shop.withCompression("gzip").doom(huge));
        assertThat(shop.commit(CommitRequest.newBuilder()
                                .setGtrid(huge.getGtrid())
                                .build())
                        .getKind())
                .as("nothing of it was heard")
                .isEqualTo(OutcomeReply.Kind.COMMITTED);
    }

    private static ChosenDecision committed(ByteString gtrid) {
        return ChosenDecision.newBuilder()
                .setGtrid(gtrid)
                .setValue(Value.COMMIT)
                .build();
    }

    /** As if it had been begun so, with such a deadline; nobody takes part. */
    private static ByteString byAcceptors(ByteString gtrid, long leftMillis) {
        GlobalTxId like = GlobalTxId.fromBytes(gtrid.toByteArray());
        EpochKey key =
                new EpochKey(Authority.PAXOS_3PC, like.key().shard(), like.key().incarnation());
        long deadline = Clock.SYSTEM.epochMillis() + leftMillis;
        GlobalTxId.Unique another =
                new GlobalTxId.Unique(like.unique().high(), ~like.unique().low());
        return Wire.gtrid(new GlobalTxId(like.cluster(), key, like.epoch(), deadline, another));
    }

    private static ByteString named(GlobalTxId like, long grant, int number) {
        return Wire.gtrid(new GlobalTxId(
                like.cluster(),
                like.key(),
                like.epoch(),
                like.deadlineEpochMillis(),
                new GlobalTxId.Unique(grant, (long) number << Integer.SIZE)));
    }

    @Test
    void a_list_that_names_nobody_is_no_leave_for_everybody() throws Exception {
        Map<String, String> nobodys = new TreeMap<>(RULES);
        nobodys.put("agent.bank.joins", "");

        assertThatThrownBy(() -> AgentRules.read(Settings.of("rules", Map.of("agents", ""))))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("names nobody");
        assertThatThrownBy(() -> AgentRules.read(Settings.of("rules", Map.of("agents", " , "))))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("names nobody");
        assertThat(AgentRules.read(Settings.of("rules", nobodys)).objectionToJoining(Set.of("bank"), Set.of("shop")))
                .isPresent();
    }

    @Test
    void rules_that_mean_nothing_are_refused_with_what_they_lack() {
        Map<String, String> unlisted = new TreeMap<>(RULES);
        unlisted.put("agent.web.joins", "shop");

        assertThatThrownBy(() -> AgentRules.read(Settings.of("rules", unlisted)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("agent.web.joins");
        assertThatThrownBy(() -> config("127.0.0.1:1").withRules(AgentRules.read(Settings.of("rules", RULES))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tls.certificate");
    }
}
