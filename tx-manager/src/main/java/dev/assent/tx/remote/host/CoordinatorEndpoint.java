package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.tx.api.GlobalTransaction;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's face on the network; see {@code coordinator.proto}. Calls may block on participants, so they run
 * on a pool of their own: the answers they wait for must not queue behind them.
 *
 * <p>Refusals: INVALID_ARGUMENT a field is no value of ours; PERMISSION_DENIED another cluster's transaction; ABORTED
 * this node leads no shard to begin on; NOT_FOUND the transaction does not live here (ended, or its coordinator was
 * replaced): ask for its outcome; FAILED_PRECONDITION it can only roll back; RESOURCE_EXHAUSTED too many at once.
 */
final class CoordinatorEndpoint extends CoordinatorGrpc.CoordinatorImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorEndpoint.class);

    private final LedShards shards;
    private final Agents agents;
    private final HostLimits limits;
    private final String nodeName;
    private final Executor calls;
    private final Map<GlobalTxId, HostedTransaction> live = new ConcurrentHashMap<>();

    CoordinatorEndpoint(LedShards shards, Agents agents, HostLimits limits, String nodeName, Executor calls) {
        this.shards = shards;
        this.agents = agents;
        this.limits = limits;
        this.nodeName = nodeName;
        this.calls = calls;
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
            GlobalTransaction transaction = shards.transactions().begin(Duration.ofMillis(timeoutMillis));
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
        answer(reply, () -> {
            HostedTransaction hosted = hosted(request.getGtrid());
            AgentId agent = AgentId.from(request.getAgentId());
            BranchName name = BranchName.fromBytes(request.getBqual().toByteArray());
            requireSame(request.getResourceManager(), name);
            RemoteParticipant participant = new RemoteParticipant(
                    agents, Optional.of(agent), request.getResourceManager(), limits.replyTimeout());
            hosted.takesPart(agent);
            hosted.transaction().enlist(name.in(hosted.id()), participant);
            return EnlistReply.getDefaultInstance();
        });
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
        answer(reply, () -> {
            HostedTransaction hosted = hosted(request.getGtrid());
            return Wire.outcome(hosted.end(hosted.transaction()::commit));
        });
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<OutcomeReply> reply) {
        answer(reply, () -> {
            HostedTransaction hosted = hosted(request.getGtrid());
            return Wire.outcome(hosted.end(() -> hosted.transaction().rollback(request.getCause())));
        });
    }

    @Override
    public void askOutcome(AskOutcomeRequest request, StreamObserver<OutcomeReply> reply) {
        answer(reply, () -> {
            GlobalTxId id = ours(request.getGtrid());
            boolean underWay = live.containsKey(id);
            return Wire.outcome(
                    underWay
                            ? new Outcome.Unknown("the transaction is still under way")
                            : shards.transactions().outcome(TransactionToken.format(id)));
        });
    }

    @Override
    public StreamObserver<AgentMessage> attach(StreamObserver<NodeMessage> out) {
        // With a handler a late message to an agent that is gone is dropped instead of thrown at whoever sends it.
        ((ServerCallStreamObserver<NodeMessage>) out).setOnCancelHandler(() -> {});
        return new AgentSession(shards, agents, limits, nodeName, this::leading, out);
    }

    private Leading leading() {
        Leading.Builder leading = Leading.newBuilder();
        for (EpochRef reign : shards.led()) {
            leading.addShards(Leading.Shard.newBuilder()
                    .setShard(reign.key().shard())
                    .setIncarnation(reign.key().incarnation())
                    .setEpoch(reign.version()));
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
        try {
            calls.execute(() -> answerNow(reply, work));
        } catch (RejectedExecutionException full) {
            reply.onError(refusal(Status.RESOURCE_EXHAUSTED, "node " + nodeName + " has too many calls waiting"));
        }
    }

    private static <T> void answerNow(StreamObserver<T> reply, Supplier<T> work) {
        try {
            T answer = work.get();
            reply.onNext(answer);
            reply.onCompleted();
        } catch (StatusRuntimeException refused) {
            reply.onError(refused);
        } catch (TransactionServiceException refused) {
            Status status = refused.isRetrySafe() ? Status.ABORTED : Status.FAILED_PRECONDITION;
            reply.onError(refusal(status, String.valueOf(refused.getMessage())));
        } catch (IllegalArgumentException malformed) {
            reply.onError(refusal(Status.INVALID_ARGUMENT, String.valueOf(malformed.getMessage())));
        } catch (RuntimeException bug) {
            LOG.error("a service's call failed", bug);
            reply.onError(refusal(Status.INTERNAL, "internal error: " + bug));
        }
    }
}
