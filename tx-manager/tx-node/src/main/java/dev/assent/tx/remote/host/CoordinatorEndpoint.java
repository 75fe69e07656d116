package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.host.Callers.Caller;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.BeginReply;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.CanDecideReply;
import dev.assent.tx.remote.wire.CanDecideRequest;
import dev.assent.tx.remote.wire.ChosenDecision;
import dev.assent.tx.remote.wire.ChosenHeard;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.DoomReply;
import dev.assent.tx.remote.wire.DoomRequest;
import dev.assent.tx.remote.wire.EnlistReply;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.JoinReply;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.RollbackRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The coordinator's face on the network; see {@code coordinator.proto}. A commit that waits for participants holds no
 * thread; questions about outcomes, which wait for the store, have threads of their own.
 */
final class CoordinatorEndpoint extends CoordinatorGrpc.CoordinatorImplBase {
    /** How long the store may take to convince this node; shorter than health checks wait, so that they hear why. */
    private static final Duration PROOF_PATIENCE = Duration.ofMillis(1_500);

    private final LedShards shards;
    private final Agents agents;
    private final NameClaims names;
    private final NameGrants grants;
    private final HostedTransactions transactions;
    private final AgentOwners owners;
    private final HostLimits limits;
    private final String nodeName;
    private final Threads threads;

    /**
     * Whose threads do what.
     *
     * @param calls for what waits for nothing
     * @param questions for what waits for the store
     * @param acceptorQuestions for what may wait for acceptors, which holds up nobody else's question
     */
    record Threads(Executor calls, FairCrew questions, FairCrew acceptorQuestions) {}

    /** The face of {@code shards}. */
    CoordinatorEndpoint(
            LedShards shards,
            Agents agents,
            NameClaims names,
            HostLimits limits,
            String nodeName,
            AgentRules rules,
            Threads threads) {
        this.owners = new AgentOwners(rules);
        this.shards = shards;
        this.agents = agents;
        this.names = names;
        this.grants = new NameGrants();
        this.transactions = new HostedTransactions(shards, agents, names, grants, owners, limits, nodeName);
        this.limits = limits;
        this.nodeName = nodeName;
        this.threads = threads;
        shards.onChange(() -> agents.tellLeading(this::leading));
        shards.holdOpenWhile(agents::mayNameMore);
    }

    @Override
    public void begin(BeginRequest request, StreamObserver<BeginReply> reply) {
        Caller caller = Caller.current();
        answer(reply, () -> transactions.begin(request, caller));
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinReply> reply) {
        if (isOwn(request.getAgentId(), reply)) {
            Caller caller = Caller.current();
            answer(reply, () -> transactions.join(request, caller));
        }
    }

    @Override
    public void enlist(EnlistRequest request, StreamObserver<EnlistReply> reply) {
        if (isOwn(request.getAgentId(), reply)) {
            Caller caller = Caller.current();
            answerLater(reply, threads.calls(), () -> transactions.enlist(request, caller));
        }
    }

    @Override
    public void doom(DoomRequest request, StreamObserver<DoomReply> reply) {
        Caller caller = Caller.current();
        answer(reply, () -> transactions.doom(request, caller));
    }

    @Override
    public void commit(CommitRequest request, StreamObserver<OutcomeReply> reply) {
        if (isOwn(request.getAgentId(), reply)) {
            Caller caller = Caller.current();
            answerLater(reply, threads.calls(), () -> transactions.commit(request, caller));
        }
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<OutcomeReply> reply) {
        if (isOwn(request.getAgentId(), reply)) {
            Caller caller = Caller.current();
            answerLater(reply, threads.calls(), () -> transactions.rollback(request, caller));
        }
    }

    /** Whether the caller is the agent that it speaks for, or names none; if not, it has its answer. */
    private boolean isOwn(ByteString agent, StreamObserver<?> reply) {
        if (agent.size() != AgentId.BYTES) {
            return true; // malformed or none: what follows says so
        }
        Optional<String> objection = owners.objectionTo(Caller.current(), AgentId.from(agent));
        objection.ifPresent(why ->
                reply.onError(Status.PERMISSION_DENIED.withDescription(why).asRuntimeException()));
        return objection.isEmpty();
    }

    @Override
    public void askOutcome(AskOutcomeRequest request, StreamObserver<OutcomeReply> reply) {
        Caller caller = Caller.current();
        answerInTurn(
                reply,
                HostedTransactions.mayWaitForAcceptors(request.getGtrid())
                        ? threads.acceptorQuestions()
                        : threads.questions(),
                caller,
                () -> CompletableFuture.completedStage(
                        Wire.outcome(transactions.outcome(request.getGtrid(), request.getNotReadOnly(), caller))));
    }

    /**
     * ABORT is in no record: without one the acceptors are asked, who never choose COMMIT after it. Nodes are believed;
     * what a service says is asked of the acceptors, which may take a while.
     */
    @Override
    public void learn(ChosenDecision chosen, StreamObserver<ChosenHeard> reply) {
        Caller caller = Caller.current();
        Supplier<CompletionStage<ChosenHeard>> work = () -> transactions
                .learned(chosen.getGtrid(), AcceptorWire.value(chosen.getValue()), caller)
                .thenApply(done -> ChosenHeard.getDefaultInstance());
        if (caller.mayBeNode()) {
            answerLater(reply, threads.calls(), work);
        } else {
            answerInTurn(reply, threads.acceptorQuestions(), caller, work);
        }
    }

    @Override
    public void canDecide(CanDecideRequest request, StreamObserver<CanDecideReply> reply) {
        answerLater(reply, threads.calls(), () -> shards.whyNoDecision(PROOF_PATIENCE)
                .thenApply(why ->
                        CanDecideReply.newBuilder().setObstacle(why.orElse("")).build()));
    }

    @Override
    public StreamObserver<AgentMessage> attach(StreamObserver<NodeMessage> out) {
        // With a handler a late message to an agent that is gone is dropped instead of thrown at whoever sends it.
        ((ServerCallStreamObserver<NodeMessage>) out).setOnCancelHandler(() -> {});
        return new AgentSession(
                shards,
                agents,
                names,
                grants,
                new AgentRequests(transactions, Caller.current()),
                new AgentSession.Admission(Caller.current(), owners),
                limits,
                nodeName,
                this::leading,
                out);
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

    private <T> void answer(StreamObserver<T> reply, Supplier<T> work) {
        answerLater(reply, threads.calls(), () -> CompletableFuture.completedStage(work.get()));
    }

    private <T> void answerLater(StreamObserver<T> reply, Executor crew, Supplier<CompletionStage<T>> work) {
        try {
            crew.execute(() -> answer(reply, begin(work)));
        } catch (RejectedExecutionException full) {
            reply.onError(HostedTransactions.refusal(
                    Status.RESOURCE_EXHAUSTED, "node " + nodeName + " has too many calls waiting"));
        }
    }

    /** A caller has its own share of the crew; what it does not wait for any more is not begun. */
    private <T> void answerInTurn(
            StreamObserver<T> reply, FairCrew crew, Caller caller, Supplier<CompletionStage<T>> work) {
        ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) reply;
        try {
            FairCrew.Turn turn = crew.ask(caller.share(), () -> {
                if (!call.isCancelled()) {
                    answer(reply, begin(work));
                }
            });
            call.setOnCancelHandler(turn::leave);
        } catch (RejectedExecutionException full) {
            reply.onError(HostedTransactions.refusal(
                    Status.RESOURCE_EXHAUSTED, "node " + nodeName + ": " + full.getMessage()));
        }
    }

    private static <T> void answer(StreamObserver<T> reply, CompletionStage<T> answer) {
        CompletionStage<?> unused = answer.whenComplete((done, failed) -> {
            if (failed == null) {
                reply.onNext(done);
                reply.onCompleted();
            } else {
                reply.onError(Refusals.of(failed));
            }
        });
    }

    private static <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }
}
