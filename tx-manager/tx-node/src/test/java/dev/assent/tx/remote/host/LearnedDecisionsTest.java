package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.settings.Settings;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.host.Callers.Caller;
import dev.assent.tx.remote.wire.AcceptorGrpc;
import dev.assent.tx.remote.wire.ChosenDecision;
import dev.assent.tx.remote.wire.ChosenHeard;
import dev.assent.tx.remote.wire.Value;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is believed that acceptors chose COMMIT: nodes, and what acceptors say. */
final class LearnedDecisionsTest {
    private static final ClusterId CLUSTER = new ClusterId(77);
    private static final GlobalTxId TRANSACTION =
            new GlobalTxId(CLUSTER, new EpochKey(Authority.PAXOS_3PC, 0, 0), 1, 1_000, new GlobalTxId.Unique(1, 2));
    private static final ByteString GTRID = Wire.gtrid(TRANSACTION);
    private static final Caller NODE = calling(Role.NODE);
    private static final Caller SERVICE = calling(Role.AGENT);

    @TempDir
    private Path folder;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    private static Caller calling(Role role) {
        return new Caller(Optional.of(Set.of(new CertifiedName(role, "one"))));
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    /** What a node does that hears of a COMMIT, while acceptors say {@code found}. */
    private List<GlobalTxId> recorded(Caller caller, Outcome found) throws Exception {
        ToldShards shards = new ToldShards(found);
        Agents agents = new Agents();
        HostedTransactions transactions = new HostedTransactions(
                shards,
                agents,
                new NameClaims(shards, agents, timer, name -> {}),
                new NameGrants(),
                new AgentOwners(AgentRules.read(Settings.of("rules", Map.of()))),
                HostLimits.DEFAULT,
                "left");
        transactions
                .learned(GTRID, Decision.COMMIT, caller)
                .toCompletableFuture()
                .join();
        return shards.recorded();
    }

    private void assertRefused(Status.Code code, Outcome found) {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> recorded(SERVICE, found))
                .satisfies(refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(code));
    }

    @Test
    void a_service_is_believed_what_acceptors_say_and_a_node_by_itself() throws Exception {
        assertThat(recorded(SERVICE, new Outcome.Committed())).containsExactly(TRANSACTION);
        assertThat(recorded(NODE, new Outcome.Unknown("nobody was asked"))).containsExactly(TRANSACTION);
    }

    @Test
    void what_acceptors_contradict_or_cannot_confirm_is_not_recorded() throws Exception {
        assertRefused(Status.Code.PERMISSION_DENIED, new Outcome.RolledBack("they chose ABORT"));
        assertRefused(Status.Code.UNAVAILABLE, new Outcome.Unknown("its coordinator may be at work"));
        assertThat(recorded(SERVICE, new Outcome.Unknown("it ended long ago", true)))
                .as("needed by nobody: the service need not come again")
                .isEmpty();
    }

    @Test
    void at_the_acceptors_own_port_a_node_is_believed_and_a_service_is_not() throws Exception {
        assertThat(toldToAcceptor(SERVICE)).isEmpty();
        assertThat(toldToAcceptor(NODE)).containsExactly(TRANSACTION);
    }

    private List<GlobalTxId> toldToAcceptor(Caller caller) throws Exception {
        ToldShards shards = new ToldShards(new Outcome.Unknown("nobody is asked"));
        ChosenDecision chosen = ChosenDecision.newBuilder()
                .setGtrid(GTRID)
                .setValue(Value.COMMIT)
                .build();
        AtomicBoolean heard = new AtomicBoolean();
        try (NodeAcceptors acceptors = NodeAcceptors.open(folder, GrpcSecurity.NONE)) {
            AcceptorGrpc.AsyncService service = (AcceptorGrpc.AsyncService) acceptors.service(CLUSTER, shards::learned);
            Context.current().withValue(Callers.CALLER, caller).run(() -> service.learn(chosen, new Heard(heard)));
        }
        assertThat(heard).isTrue();
        return shards.recorded();
    }

    /** Whether an answer came to its end. */
    private record Heard(AtomicBoolean end) implements StreamObserver<ChosenHeard> {
        @Override
        public void onNext(ChosenHeard answer) {}

        @Override
        public void onError(Throwable failed) {
            throw new AssertionError(failed);
        }

        @Override
        public void onCompleted() {
            end.set(true);
        }
    }
}
