package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Beat;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.PeerGrpc;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes and services that know each other by certificates, and who tries to be somebody else. */
@Timeout(300)
final class SecureNodesTest {
    private static final AgentId SHOPS = new AgentId(11, 12);

    @TempDir
    Path folder;

    private final Instant now = Instant.now();
    private final Authority authority = Authority.create("ours", now, Duration.ofDays(10));
    private final List<AutoCloseable> open = new ArrayList<>();
    private ApacheZooKeeper ensemble;
    private CoordinatorNode left;
    private CoordinatorNode right;

    @SuppressWarnings("NullAway.Init") // The nodes are started before each test.
    SecureNodesTest() {}

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder.resolve("store"));
        left = node("left");
        right = node("right");
    }

    private CoordinatorNode node(String name) throws Exception {
        NodeConfig config = new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                name,
                1,
                new NodeConfig.Coordination.Existing(ensemble.connectString()),
                new NodeConfig.Timing(
                        Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(500)));
        return CoordinatorNode.start(config.withTls(files(authority, Role.NODE, name)), progress -> {});
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable opened : open) {
            opened.close();
        }
        left.close();
        right.close();
        ensemble.close();
    }

    private TlsFiles files(Authority by, Role role, String name) throws Exception {
        return files(by, role, name, now.plus(Duration.ofDays(1)));
    }

    private TlsFiles files(Authority by, Role role, String name, Instant until) throws Exception {
        Subject subject = new Subject(name, List.of(new CertifiedName(role, name)), List.of("any.example"), now, until);
        return by.issue(subject).write(Files.createTempDirectory(folder, name), name);
    }

    private TransactionService service(String name, String certified, Duration patience) throws Exception {
        String targets = "127.0.0.1:" + left.port() + ",127.0.0.1:" + right.port();
        TransactionService service = RemoteTransactionService.connect(RemoteConfig.of(targets, name)
                .withConnectTimeout(patience)
                .withTls(files(authority, Role.AGENT, certified)));
        open.add(0, service);
        return service;
    }

    private ManagedChannel channel(TlsFiles files) throws Exception {
        Security security = Security.once(files);
        open.add(security);
        return closed(GrpcSecurity.of(security)
                .dial("127.0.0.1:" + leader().port(), Role.NODE)
                .build());
    }

    private ManagedChannel closed(ManagedChannel channel) {
        open.add(0, channel::shutdownNow);
        return channel;
    }

    private CoordinatorNode leader() {
        Eventually.soon(
                "one node leads", () -> left.led().isEmpty() != right.led().isEmpty());
        return left.led().isEmpty() ? right : left;
    }

    private static CoordinatorGrpc.CoordinatorBlockingStub calls(ManagedChannel channel) {
        return CoordinatorGrpc.newBlockingStub(channel).withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    private static ByteString begin(ManagedChannel channel) {
        return calls(channel)
                .begin(BeginRequest.newBuilder().setTimeoutMillis(60_000).build())
                .getGtrid();
    }

    private static JoinRequest joining(ByteString gtrid, AgentId agent) {
        return JoinRequest.newBuilder()
                .setGtrid(gtrid)
                .setAgentId(agent.bytes())
                .build();
    }

    /** A link of an agent, made by hand. */
    private static final class Attached implements StreamObserver<NodeMessage> {
        private final AtomicReference<@Nullable Status> end = new AtomicReference<>();
        private volatile boolean welcome;

        static Attached as(ManagedChannel channel, AgentId agent, String service) {
            Attached attached = new Attached();
            CoordinatorGrpc.newStub(channel)
                    .attach(attached)
                    .onNext(AgentMessage.newBuilder()
                            .setHello(
                                    Hello.newBuilder().setAgentId(agent.bytes()).setService(service))
                            .build());
            return attached;
        }

        @Override
        public void onNext(NodeMessage message) {
            welcome |= message.hasWelcome();
        }

        @Override
        public void onError(Throwable failed) {
            end.set(Status.fromThrowable(failed));
        }

        @Override
        public void onCompleted() {
            end.set(Status.OK);
        }

        private Status awaitEnd() {
            Eventually.soon("the link's end", () -> end.get() != null);
            Status ended = end.get();
            return ended == null ? Status.UNKNOWN : ended;
        }

        private void awaitWelcome() {
            Eventually.soon("a welcome", () -> welcome);
        }
    }

    @Test
    void services_commit_across_nodes_all_of_which_know_each_other_by_certificates() throws Exception {
        ToyResource orders = new ToyResource("orders");
        ToyResource payments = new ToyResource("payments");
        TransactionService shop = service("shop", "shop", Duration.ofMinutes(2));
        TransactionService bank = service("bank", "bank", Duration.ofMinutes(2));
        shop.register(orders);
        bank.register(payments);

        GlobalTransaction transaction = shop.begin(Duration.ofMinutes(5));
        transaction.enlist(transaction.newBranch("orders"), orders);
        GlobalTransaction joined = bank.join(transaction.token());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch("payments"), payments);
        }

        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(1);
        assertThat(payments.count(ToyResource.State.COMMITTED)).isEqualTo(1);
    }

    @Test
    void a_service_with_another_ones_certificate_is_no_service() {
        assertThatThrownBy(() -> service("shop", "bank", Duration.ofSeconds(3)))
                .isInstanceOf(TransactionServiceException.class)
                .hasMessageContaining("no coordinator node answered");
    }

    @Test
    void who_speaks_for_another_services_agent_is_refused_and_changes_nothing() throws Exception {
        ManagedChannel shop = channel(files(authority, Role.AGENT, "shop"));
        ManagedChannel thief = channel(files(authority, Role.AGENT, "thief"));
        Attached own = Attached.as(shop, SHOPS, "shop");
        own.awaitWelcome();
        ByteString gtrid = begin(shop);

        assertThat(Attached.as(thief, SHOPS, "thief").awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(Attached.as(thief, new AgentId(5, 6), "shop").awaitEnd().getDescription())
                .contains("calls itself shop", "agent/thief");
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> calls(thief).join(joining(gtrid, SHOPS)))
                .satisfies(
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));

        calls(shop).join(joining(gtrid, SHOPS));
        assertThat(own.end.get()).isNull();
    }

    @Test
    void who_has_no_certificate_of_ours_that_is_valid_and_for_this_is_never_heard() throws Exception {
        Authority foreign = Authority.create("ours", now, Duration.ofDays(10));
        TlsFiles stranger = files(foreign, Role.AGENT, "shop");
        Files.copy(files(authority, Role.AGENT, "any").trust(), stranger.trust(), StandardCopyOption.REPLACE_EXISTING);
        Instant end = Instant.now().plusSeconds(5);
        ManagedChannel expiring = channel(files(authority, Role.AGENT, "shop", end));
        List<ManagedChannel> kept = List.of(
                channel(stranger),
                channel(files(authority, Role.CLIENT, "shop")),
                channel(files(authority, Role.MEMBER, "1")),
                closed(GrpcSecurity.NONE.dial("127.0.0.1:" + leader().port()).build()));

        for (ManagedChannel channel : kept) {
            assertThatThrownBy(() -> begin(channel)).isInstanceOf(StatusRuntimeException.class);
        }
        Eventually.soon("its end", () -> Instant.now().isAfter(end));
        assertThatThrownBy(() -> begin(expiring)).isInstanceOf(StatusRuntimeException.class);
        assertThat(begin(channel(files(authority, Role.AGENT, "shop")))).isNotEmpty();
    }

    @Test
    void a_service_does_not_talk_to_what_is_no_node_and_does_not_speak_as_one() throws Exception {
        ManagedChannel shop = channel(files(authority, Role.AGENT, "shop"));
        AtomicReference<@Nullable Status> end = new AtomicReference<>();
        StreamObserver<Beat> beats = PeerGrpc.newStub(shop).attend(new StreamObserver<>() {
            @Override
            public void onNext(Beat beat) {}

            @Override
            public void onError(Throwable failed) {
                end.set(Status.fromThrowable(failed));
            }

            @Override
            public void onCompleted() {
                end.set(Status.OK);
            }
        });
        beats.onNext(Beat.newBuilder().setMember("left").build());
        Eventually.soon("an end", () -> end.get() != null);
        Status ended = end.get();
        assertThat(ended == null ? Status.OK.getCode() : ended.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);

        Security agent = Security.once(files(authority, Role.AGENT, "bank"));
        open.add(agent);
        var impostor = GrpcSecurity.of(agent)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Role.AGENT)
                .build()
                .start();
        open.add(0, impostor::shutdownNow);
        ManagedChannel lured = closed(GrpcSecurity.of(agent)
                .dial("127.0.0.1:" + impostor.getPort(), Role.NODE)
                .build());
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> begin(lured))
                .satisfies(refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
}
