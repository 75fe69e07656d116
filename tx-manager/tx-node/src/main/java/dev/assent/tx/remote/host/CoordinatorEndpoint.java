package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.BeginReply;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.CanDecideReply;
import dev.assent.tx.remote.wire.CanDecideRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.DoomReply;
import dev.assent.tx.remote.wire.DoomRequest;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.EnlistReply;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.JoinReply;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.RollbackRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's face on the network; see {@code coordinator.proto}. A commit that waits for participants holds no
 * thread; questions about outcomes, which wait for the store, have threads of their own.
 *
 * <p>Refusals: INVALID_ARGUMENT a field is no value of ours; PERMISSION_DENIED another cluster's transaction; ABORTED
 * this node leads no shard to begin on; NOT_FOUND the transaction does not live here (ended, or its coordinator was
 * replaced): ask for its outcome; FAILED_PRECONDITION it can only roll back; RESOURCE_EXHAUSTED too many at once.
 */
final class CoordinatorEndpoint extends CoordinatorGrpc.CoordinatorImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorEndpoint.class);

    /** How long the store may take to convince this node; shorter than health checks wait, so that they hear why. */
    private static final Duration PROOF_PATIENCE = Duration.ofMillis(1_500);

    private final LedShards shards;
    private final Agents agents;
    private final NameClaims names;
    private final HostLimits limits;
    private final String nodeName;
    private final Executor calls;
    private final Executor questions;
    private final Map<GlobalTxId, HostedTransaction> live = new ConcurrentHashMap<>();

    /**
     * The face of {@code shards}.
     *
     * @param calls for what waits for nothing
     * @param questions for what waits for the store
     */
    CoordinatorEndpoint(
            LedShards shards,
            Agents agents,
            NameClaims names,
            HostLimits limits,
            String nodeName,
            Executor calls,
            Executor questions) {
        this.shards = shards;
        this.agents = agents;
        this.names = names;
        this.limits = limits;
        this.nodeName = nodeName;
        this.calls = calls;
        this.questions = questions;
        shards.onChange(() -> agents.tellLeading(this::leading));
    }

    @Override
    public void begin(BeginRequest request, StreamObserver<BeginReply> reply) {
        answer(reply, () -> {
            long timeoutMillis = request.getTimeoutMillis();
            if (timeoutMillis <= 0
                    || timeoutMillis > limits.transactionTimeoutMax().toMillis()) {
                throw refusal(
                        Status.INVALID_ARGUMENT,
                        "field timeout_millis: " + timeoutMillis + " is outside 1.."
                                + limits.transactionTimeoutMax().toMillis());
            }
            if (live.size() >= limits.transactionsMax()) {
                throw refusal(Status.RESOURCE_EXHAUSTED, limits.transactionsMax() + " transactions are under way here");
            }
            if (shards.led().isEmpty()) {
                throw refusal(Status.ABORTED, "node " + nodeName + " leads no shard at the moment");
            }
            StagedTransaction transaction = shards.begin(Duration.ofMillis(timeoutMillis));
            GlobalTxId id = GlobalTxId.fromHex(transaction.id());
            HostedTransaction hosted = new HostedTransaction(id, transaction);
            live.put(id, hosted);
            transaction.onCompletion(outcome -> ended(hosted, outcome));
            return BeginReply.newBuilder().setGtrid(Wire.gtrid(id)).build();
        });
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinReply> reply) {
        answer(reply, () -> {
            HostedTransaction hosted = hosted(request.getGtrid());
            if (hosted.transaction().isRollbackOnly()) {
                throw refusal(Status.FAILED_PRECONDITION, "the transaction can only roll back");
            }
            hosted.takesPart(AgentId.from(request.getAgentId()));
            return JoinReply.getDefaultInstance();
        });
    }

    @Override
    public void enlist(EnlistRequest request, StreamObserver<EnlistReply> reply) {
        answerLater(reply, calls, () -> {
            HostedTransaction hosted = hosted(request.getGtrid());
            AgentId agent = AgentId.from(request.getAgentId());
            BranchName name = BranchName.fromBytes(request.getBqual().toByteArray());
            requireSame(request.getResourceManager(), name);
            return names.admission(agent, request.getResourceManager()).thenApply(objection -> {
                objection.ifPresent(CoordinatorEndpoint::refuse);
                RemoteParticipant participant = new RemoteParticipant(
                        agents, Optional.of(agent), request.getResourceManager(), limits.replyTimeout());
                hosted.takesPart(agent);
                hosted.transaction().enlist(name.in(hosted.id()), participant);
                return EnlistReply.getDefaultInstance();
            });
        });
    }

    private static void refuse(NameClaims.Objection objection) {
        throw refusal(objection.mayPass() ? Status.ABORTED : Status.FAILED_PRECONDITION, objection.why());
    }

    /** Recovery finds the branch by the hash in its bqual: under another name it would never be looked for there. */
    private static void requireSame(String resourceManager, BranchName branch) {
        ResourceName.Hash hash = new ResourceName(resourceManager).hash();
        if (!hash.equals(branch.resource())) {
            throw refusal(
                    Status.INVALID_ARGUMENT,
                    "field resource_manager: '" + resourceManager + "' (hash " + hash
                            + ") is not the one that field bqual names (hash " + branch.resource()
                            + "); name the branch with newBranch, under the name that its resource manager is"
                            + " registered by");
        }
    }

    @Override
    public void doom(DoomRequest request, StreamObserver<DoomReply> reply) {
        answer(reply, () -> {
            hosted(request.getGtrid()).transaction().setRollbackOnly(request.getCause());
            return DoomReply.getDefaultInstance();
        });
    }

    @Override
    public void commit(CommitRequest request, StreamObserver<OutcomeReply> reply) {
        answerLater(
                reply,
                calls,
                () -> hosted(request.getGtrid()).transaction().commitStage().thenApply(Wire::outcome));
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<OutcomeReply> reply) {
        answerLater(reply, calls, () -> hosted(request.getGtrid())
                .transaction()
                .rollbackStage(request.getCause())
                .thenApply(Wire::outcome));
    }

    @Override
    public void askOutcome(AskOutcomeRequest request, StreamObserver<OutcomeReply> reply) {
        answerLater(reply, questions, () -> CompletableFuture.completedStage(Wire.outcome(outcome(request))));
    }

    private Outcome outcome(AskOutcomeRequest request) {
        GlobalTxId id = ours(request.getGtrid());
        return live.containsKey(id)
                ? new Outcome.Unknown("the transaction is still under way")
                : shards.outcome(TransactionToken.format(id), request.getNotReadOnly());
    }

    @Override
    public void canDecide(CanDecideRequest request, StreamObserver<CanDecideReply> reply) {
        answerLater(reply, calls, () -> shards.whyNoDecision(PROOF_PATIENCE)
                .thenApply(why ->
                        CanDecideReply.newBuilder().setObstacle(why.orElse("")).build()));
    }

    @Override
    public StreamObserver<AgentMessage> attach(StreamObserver<NodeMessage> out) {
        // With a handler a late message to an agent that is gone is dropped instead of thrown at whoever sends it.
        ((ServerCallStreamObserver<NodeMessage>) out).setOnCancelHandler(() -> {});
        return new AgentSession(shards, agents, names, limits, nodeName, this::leading, out);
    }

    private Leading leading() {
        Leading.Builder leading = Leading.newBuilder();
        for (EpochRef epoch : shards.led()) {
            leading.addShards(Leading.Shard.newBuilder()
                    .setShard(epoch.key().shard())
                    .setIncarnation(epoch.key().incarnation())
                    .setEpoch(epoch.version())
                    .setClosing(!shards.isOpen(epoch)));
        }
        return leading.build();
    }

    private void ended(HostedTransaction hosted, Outcome outcome) {
        live.remove(hosted.id());
        agents.tellEnded(
                hosted.agents(),
                Ended.newBuilder()
                        .setGtrid(Wire.gtrid(hosted.id()))
                        .setOutcome(Wire.outcome(outcome))
                        .build());
    }

    private GlobalTxId ours(ByteString gtrid) {
        GlobalTxId id = Wire.transaction(gtrid);
        if (!id.cluster().equals(shards.cluster())) {
            throw refusal(Status.PERMISSION_DENIED, "the transaction belongs to another cluster");
        }
        return id;
    }

    private HostedTransaction hosted(ByteString gtrid) {
        GlobalTxId id = ours(gtrid);
        if (id.key().authority() != Authority.SHARD_2PC) {
            throw refusal(
                    Status.FAILED_PRECONDITION,
                    "the transaction is coordinated inside the process that began it (embedded mode), so no node"
                            + " coordinates it; begin it in a service that is connected to coordinator nodes");
        }
        HostedTransaction hosted = live.get(id);
        if (hosted == null) {
            throw refusal(
                    Status.NOT_FOUND,
                    "node " + nodeName + " does not coordinate this transaction: it has ended,"
                            + " or its coordinator was replaced; ask for its outcome");
        }
        return hosted;
    }

    private static StatusRuntimeException refusal(Status status, String why) {
        return status.withDescription(why).asRuntimeException();
    }

    private <T> void answer(StreamObserver<T> reply, Supplier<T> work) {
        answerLater(reply, calls, () -> CompletableFuture.completedStage(work.get()));
    }

    private <T> void answerLater(StreamObserver<T> reply, Executor threads, Supplier<CompletionStage<T>> work) {
        try {
            threads.execute(() -> begin(work).whenComplete((answer, failed) -> {
                if (failed == null) {
                    reply.onNext(answer);
                    reply.onCompleted();
                } else {
                    reply.onError(refusal(failed));
                }
            }));
        } catch (RejectedExecutionException full) {
            reply.onError(refusal(Status.RESOURCE_EXHAUSTED, "node " + nodeName + " has too many calls waiting"));
        }
    }

    private static <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    private static StatusRuntimeException refusal(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        if (cause instanceof StatusRuntimeException refused) {
            return refused;
        }
        if (cause instanceof TransactionServiceException refused) {
            Status status = refused.isRetrySafe() ? Status.ABORTED : Status.FAILED_PRECONDITION;
            return refusal(status, String.valueOf(refused.getMessage()));
        }
        if (cause instanceof IllegalArgumentException malformed) {
            return refusal(Status.INVALID_ARGUMENT, String.valueOf(malformed.getMessage()));
        }
        LOG.error("a service's call failed", cause);
        return refusal(Status.INTERNAL, "internal error: " + cause);
    }
}
