package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.host.Callers.Caller;
import dev.assent.tx.remote.wire.BeginReply;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.DoomReply;
import dev.assent.tx.remote.wire.DoomRequest;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.EnlistReply;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.JoinReply;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.OwnBranch;
import dev.assent.tx.remote.wire.RollbackRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The transactions that this node coordinates for services, and what services ask about them; see {@code
 * coordinator.proto}. Nothing here blocks but {@link #outcome}, which waits for the store. A request that is refused
 * throws, or its stage fails: {@link IllegalArgumentException} a field is no value of ours, {@link
 * TransactionServiceException}, or {@link StatusRuntimeException} with the code of the protocol. Thread-safe.
 */
final class HostedTransactions {
    private final LedShards shards;
    private final Agents agents;
    private final NameClaims names;
    private final NameGrants grants;
    private final AgentOwners owners;
    private final HostLimits limits;
    private final String nodeName;
    private final Map<GlobalTxId, HostedTransaction> live = new ConcurrentHashMap<>();

    HostedTransactions(
            LedShards shards,
            Agents agents,
            NameClaims names,
            NameGrants grants,
            AgentOwners owners,
            HostLimits limits,
            String nodeName) {
        this.owners = owners;
        this.shards = shards;
        this.agents = agents;
        this.names = names;
        this.grants = grants;
        this.limits = limits;
        this.nodeName = nodeName;
    }

    BeginReply begin(BeginRequest request, Caller caller) {
        owners.requireListed(caller);
        long timeoutMillis = request.getTimeoutMillis();
        if (timeoutMillis <= 0 || timeoutMillis > limits.transactionTimeoutMax().toMillis()) {
            throw refusal(
                    Status.INVALID_ARGUMENT,
                    "field timeout_millis: " + timeoutMillis + " is outside 1.."
                            + limits.transactionTimeoutMax().toMillis());
        }
        requireRoom();
        if (shards.led().isEmpty()) {
            throw refusal(Status.ABORTED, "node " + nodeName + " leads no shard at the moment");
        }
        HostedTransaction hosted = host(
                () -> shards.begin(Duration.ofMillis(timeoutMillis)),
                new Parties(caller.services().orElse(Set.of())),
                request.getTraceparent());
        return BeginReply.newBuilder().setGtrid(Wire.gtrid(hosted.id())).build();
    }

    private void requireRoom() {
        if (live.size() >= limits.transactionsMax()) {
            throw refusal(Status.RESOURCE_EXHAUSTED, limits.transactionsMax() + " transactions are under way here");
        }
    }

    /** @param trace the traceparent that its span belongs below */
    private HostedTransaction host(Supplier<StagedTransaction> begin, Parties parties, String trace) {
        HostedTransaction hosted = shards.tracing().under(trace, () -> {
            StagedTransaction transaction = begin.get();
            return new HostedTransaction(GlobalTxId.fromHex(transaction.id()), transaction, parties);
        });
        live.put(hosted.id(), hosted);
        hosted.transaction().onCompletion(outcome -> ended(hosted, outcome));
        return hosted;
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

    JoinReply join(JoinRequest request, Caller caller) {
        HostedTransaction hosted =
                hosted(request.getGtrid(), request.getTraceparent(), parties -> owners.admit(caller, parties));
        if (hosted.transaction().isRollbackOnly()) {
            throw refusal(Status.FAILED_PRECONDITION, "the transaction can only roll back");
        }
        hosted.takesPart(AgentId.from(request.getAgentId()));
        return JoinReply.getDefaultInstance();
    }

    CompletionStage<EnlistReply> enlist(EnlistRequest request, Caller caller) {
        HostedTransaction hosted = hosted(request.getGtrid(), "", parties -> owners.admit(caller, parties));
        AgentId agent = AgentId.from(request.getAgentId());
        BranchName name = named(request.getBqual(), request.getResourceManager());
        return names.admission(agent, request.getResourceManager()).thenApply(objection -> {
            objection.ifPresent(HostedTransactions::refuse);
            RemoteParticipant participant = participant(hosted.id(), agent, request.getResourceManager())
                    .orElseThrow(() -> refusal(Status.FAILED_PRECONDITION, noAcceptor(agent)));
            hosted.takesPart(agent);
            hosted.transaction().enlist(name.in(hosted.id()), participant);
            return EnlistReply.getDefaultInstance();
        });
    }

    private static void refuse(NameClaims.Objection objection) {
        throw refusal(objection.mayPass() ? Status.ABORTED : Status.FAILED_PRECONDITION, objection.why());
    }

    /** Recovery finds the branch by the hash in its bqual: under another name it would never be looked for there. */
    private static BranchName named(ByteString bqual, String resourceManager) {
        BranchName branch = BranchName.fromBytes(bqual.toByteArray());
        ResourceName.Hash hash = new ResourceName(resourceManager).hash();
        if (!hash.equals(branch.resource())) {
            throw refusal(
                    Status.INVALID_ARGUMENT,
                    "field resource_manager: '" + resourceManager + "' (hash " + hash
                            + ") is not the one that field bqual names (hash " + branch.resource()
                            + "); name the branch with newBranch, under the name that its resource manager is"
                            + " registered by");
        }
        return branch;
    }

    DoomReply doom(DoomRequest request, Caller caller) {
        HostedTransaction hosted = hosted(request.getGtrid(), "", parties -> owners.requireParty(caller, parties));
        hosted.transaction().setRollbackOnly(request.getCause());
        return DoomReply.getDefaultInstance();
    }

    /** Fails with {@link NotBegun} when it is refused: from where the commit is begun on, it is answered. */
    CompletionStage<OutcomeReply> commit(CommitRequest request, Caller caller) {
        return admitted(request, caller)
                .exceptionallyCompose(refused -> CompletableFuture.failedStage(new NotBegun(refused)))
                .thenCompose(hosted -> hosted.transaction().commitStage())
                .thenApply(Wire::outcome);
    }

    private CompletionStage<HostedTransaction> admitted(CommitRequest request, Caller caller) {
        try {
            HostedTransaction hosted = hosted(
                    request.getGtrid(), request.getTraceparent(), parties -> owners.requireParty(caller, parties));
            return takeIn(hosted, request.getAgentId(), request.getBranchesList())
                    .thenApply(all -> hosted);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    CompletionStage<OutcomeReply> rollback(RollbackRequest request, Caller caller) {
        HostedTransaction hosted =
                hosted(request.getGtrid(), request.getTraceparent(), parties -> owners.requireParty(caller, parties));
        return takeIn(hosted, request.getAgentId(), request.getBranchesList())
                .thenCompose(all -> hosted.transaction().rollbackStage(request.getCause()))
                .thenApply(Wire::outcome);
    }

    /**
     * Enlists the branches that an agent brings with the end of its transaction. One that cannot be taken in makes it
     * roll back; what an agent has prepared, and nobody tells it about, it ends by the outcome.
     */
    private CompletionStage<Void> takeIn(HostedTransaction hosted, ByteString agentId, List<OwnBranch> branches) {
        if (branches.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        AgentId agent = AgentId.from(agentId);
        hosted.takesPart(agent);
        return hosted.takeIn(() -> takeIn(hosted, agent, branches));
    }

    private CompletionStage<Void> takeIn(HostedTransaction hosted, AgentId agent, List<OwnBranch> branches) {
        List<CompletableFuture<Void>> taken = new ArrayList<>();
        for (OwnBranch own : branches) {
            BranchName name = named(own.getBqual(), own.getResourceManager());
            Optional<Vote> vote = own.hasVote() ? Optional.of(Wire.vote(own.getVote())) : Optional.empty();
            taken.add(names.admission(agent, own.getResourceManager())
                    .thenAccept(objection -> {
                        objection.ifPresent(why -> hosted.transaction().setRollbackOnly(why.why()));
                        takeIn(hosted, name, own(hosted, agent, own.getResourceManager(), vote));
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(taken.toArray(CompletableFuture<?>[]::new));
    }

    private RemoteParticipant own(
            HostedTransaction hosted, AgentId agent, String resourceManager, Optional<Vote> vote) {
        Optional<RemoteParticipant> able = participant(hosted.id(), agent, resourceManager);
        if (able.isEmpty()) {
            hosted.transaction().setRollbackOnly(noAcceptor(agent));
        }
        RemoteParticipant asked = able.orElseGet(() -> plain(agent, resourceManager));
        // Of a three-phase transaction nobody can have voted yet: its acceptors are chosen now.
        return isDecidedByAcceptors(hosted.id())
                ? asked
                : vote.map(asked::thatVoted).orElse(asked);
    }

    /** Empty if the transaction is a three-phase one, and the service keeps no acceptor's log. */
    private Optional<RemoteParticipant> participant(GlobalTxId transaction, AgentId agent, String resourceManager) {
        RemoteParticipant plain = plain(agent, resourceManager);
        return isDecidedByAcceptors(transaction)
                ? agents.find(agent).flatMap(AgentLink::acceptor).map(plain::withAcceptor)
                : Optional.of(plain);
    }

    private RemoteParticipant plain(AgentId agent, String resourceManager) {
        return new RemoteParticipant(agents, Optional.of(agent), resourceManager, limits.replyTimeout());
    }

    private static boolean isDecidedByAcceptors(GlobalTxId transaction) {
        return transaction.key().authority() == Authority.PAXOS_3PC;
    }

    private String noAcceptor(AgentId agent) {
        return agents.find(agent).map(AgentLink::toString).orElse("agent " + agent)
                + " keeps no acceptor's log, or is not connected, so it takes no part in three-phase transactions";
    }

    private static void takeIn(HostedTransaction hosted, BranchName name, RemoteParticipant participant) {
        try {
            hosted.transaction().enlist(name.in(hosted.id()), participant);
        } catch (TransactionServiceException refused) {
            hosted.transaction().setRollbackOnly(String.valueOf(refused.getMessage()));
        }
    }

    /** Whether the outcome may have to be asked of acceptors; whatever is no gtrid is refused by who answers. */
    static boolean mayWaitForAcceptors(ByteString gtrid) {
        try {
            return isDecidedByAcceptors(Wire.transaction(gtrid));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Waits for the store, and some seconds for acceptors if {@link #mayWaitForAcceptors}. */
    Outcome outcome(ByteString gtrid, boolean notReadOnly, Caller caller) {
        GlobalTxId id = ours(gtrid);
        owners.requireKnown(caller);
        return live.containsKey(id)
                ? new Outcome.Unknown("the transaction is still under way")
                : shards.outcome(TransactionToken.format(id), notReadOnly);
    }

    /**
     * What acceptors chose, as somebody learned it. Nodes are believed; what a service says is compared with what the
     * acceptors say, which is waited for.
     */
    CompletionStage<Void> learned(ByteString gtrid, Decision chosen, Caller caller) {
        GlobalTxId id = ours(gtrid);
        owners.requireKnown(caller);
        if (!isDecidedByAcceptors(id)) {
            throw new IllegalArgumentException("field gtrid: the transaction is not decided by acceptors");
        }
        boolean isToRecord = chosen == Decision.COMMIT && (caller.mayBeNode() || isConfirmed(id, caller));
        return isToRecord ? shards.learned(id) : CompletableFuture.completedStage(null);
    }

    /**
     * Whether the acceptors say COMMIT too. They may be asked once the coordinator may be suspected; until then the caller
     * hears that it is to come again. False: it was recorded, and ended so long ago that nobody needs the record any more.
     */
    private boolean isConfirmed(GlobalTxId id, Caller caller) {
        Outcome found = live.containsKey(id)
                ? new Outcome.Unknown("it is under way here, and its coordinator records what they choose")
                : shards.accepted(id);
        if (found instanceof Outcome.Unknown unknown) {
            if (unknown.lasting()) {
                return false;
            }
            throw refusal(
                    Status.UNAVAILABLE, "that the acceptors chose COMMIT cannot be confirmed now: " + unknown.cause());
        }
        if (!(found instanceof Outcome.Committed)) {
            throw owners.disbelieved(caller, id, String.valueOf(found));
        }
        return true;
    }

    private GlobalTxId ours(ByteString gtrid) {
        GlobalTxId id = Wire.transaction(gtrid);
        if (!id.cluster().equals(shards.cluster())) {
            throw refusal(Status.PERMISSION_DENIED, "the transaction belongs to another cluster");
        }
        return id;
    }

    /** The transaction, if {@code door} lets the caller in; if it throws, nothing was begun and no name used up. */
    private HostedTransaction hosted(ByteString gtrid, String trace, Consumer<Parties> door) {
        GlobalTxId id = ours(gtrid);
        if (id.key().authority().isOfAnIncarnation()) {
            throw refusal(
                    Status.FAILED_PRECONDITION,
                    "the transaction is coordinated inside the process that began it (embedded mode), so no node"
                            + " coordinates it; begin it in a service that is connected to coordinator nodes");
        }
        HostedTransaction hosted = live.get(id);
        return hosted != null ? entered(hosted, door) : named(id, trace, door);
    }

    private static HostedTransaction entered(HostedTransaction hosted, Consumer<Parties> door) {
        door.accept(hosted.parties());
        return hosted;
    }

    /** Begins a transaction that an agent has named, when it is heard of for the first time. */
    private HostedTransaction named(GlobalTxId id, String trace, Consumer<Parties> door) {
        int number = (int) (id.unique().low() >>> Integer.SIZE);
        NameGrant grant = grants.find(id.unique().high()).orElseThrow(() -> notHere());
        synchronized (grant) {
            HostedTransaction hosted = live.get(id); // heard of by two at once
            if (hosted != null) {
                return entered(hosted, door);
            }
            if (!grant.isUnused(number)) {
                throw notHere(); // whoever asks: its parties are not known any more
            }
            requireRoom();
            Parties parties = new Parties(owners.servicesOf(grant.agent()));
            door.accept(parties);
            if (!grant.use(number)) {
                throw notHere();
            }
            HostedTransaction begun = host(() -> shards.begin(id), parties, trace);
            begun.takesPart(grant.agent());
            return begun;
        }
    }

    private StatusRuntimeException notHere() {
        return refusal(
                Status.NOT_FOUND,
                "node " + nodeName + " does not coordinate this transaction: it has ended,"
                        + " or its coordinator was replaced; ask for its outcome");
    }

    static StatusRuntimeException refusal(Status status, String why) {
        return status.withDescription(why).asRuntimeException();
    }
}
