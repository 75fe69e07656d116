package dev.assent.tx.remote.agent;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.InDoubtReply;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Carries out a node's commands: on the branch itself if it ran in this process, else through its resource manager,
 * which may hold it prepared from another life.
 */
final class BranchCommands {
    /** How this service votes in three-phase transactions. */
    interface ThreePhaseVotes {
        /** Keeps the acceptors durably, then prepares. */
        CompletionStage<Vote> canCommit(LocalPart part, BranchRun branch, AcceptorAddresses acceptors);
    }

    private final LocalParts parts;
    private final ThreePhaseVotes threePhase;
    private final Map<String, AgentResource> resources = new ConcurrentHashMap<>();

    BranchCommands(LocalParts parts) {
        this(
                parts,
                (part, branch, acceptors) -> CompletableFuture.completedStage(
                        new Vote.Rollback("this service keeps no acceptor's log: give it a directory for one")));
    }

    BranchCommands(LocalParts parts, ThreePhaseVotes threePhase) {
        this.parts = parts;
        this.threePhase = threePhase;
    }

    /** Takes that resource out again, if it still has the name, and puts back the one that had it before. */
    void replace(AgentResource refused, Optional<AgentResource> earlier) {
        boolean isReplaced = earlier.isPresent()
                ? resources.replace(refused.name(), refused, earlier.get())
                : resources.remove(refused.name(), refused);
        refused.close();
        if (!isReplaced) {
            earlier.ifPresent(AgentResource::close); // the name was let go, or taken, meanwhile
        }
    }

    void deregister(String name) {
        Optional.ofNullable(resources.remove(name)).ifPresent(AgentResource::close);
    }

    /** Takes a resource in; answers with the one that had its name before. */
    Optional<AgentResource> register(AgentResource resource) {
        return Optional.ofNullable(resources.put(resource.name(), resource));
    }

    Collection<AgentResource> resources() {
        return resources.values();
    }

    Optional<AgentResource> find(String name) {
        return Optional.ofNullable(resources.get(name));
    }

    /** The registered name that a bqual carries the hash of. */
    Optional<String> nameOf(ResourceName.Hash hash) {
        return resources.keySet().stream()
                .filter(name -> new ResourceName(name).hash().equals(hash))
                .findFirst();
    }

    /** Never throws, and the stage never fails: what cannot be done is a reply too. */
    CompletionStage<CommandReply> run(Command command) {
        CompletionStage<CommandReply.Builder> reply;
        try {
            reply = begin(command);
        } catch (IOException | RuntimeException refused) {
            reply = CompletableFuture.failedStage(refused);
        }
        return reply.exceptionally(failed -> CommandReply.newBuilder().setFailure(reason(failed)))
                .thenApply(answer -> answer.setCommandId(command.getCommandId()).build());
    }

    private CompletionStage<CommandReply.Builder> begin(Command command) throws IOException {
        return switch (command.getKind()) {
            case SCAN -> scan(registered(command));
            case PREPARE ->
                prepare(command).thenApply(vote -> CommandReply.newBuilder().setVote(Wire.vote(vote)));
            case CAN_COMMIT ->
                canCommit(command).thenApply(vote -> CommandReply.newBuilder().setVote(Wire.vote(vote)));
            case COMMIT -> ended(endPrepared(command, BranchRun::commit, Participant::commit));
            case COMMIT_ONE_PHASE ->
                ended(end(
                        command,
                        (run, part) -> run.commitOnePhase(part.objection()),
                        (recoverer, xid) -> CompletableFuture.completedStage(new Completion.Unsent(
                                "this service does not run the branch, and only its own agent may"))));
            case ROLLBACK -> ended(endPrepared(command, BranchRun::rollback, Participant::rollback));
            case FORGET -> ended(end(command, (run, part) -> run.forget(), Participant::forget));
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IOException("this service does not know command " + command.getKindValue());
        };
    }

    private static CompletionStage<CommandReply.Builder> ended(CompletionStage<Completion> completion) {
        return completion.thenApply(known -> CommandReply.newBuilder().setCompletion(Wire.completion(known)));
    }

    private static CompletionStage<CommandReply.Builder> scan(AgentResource resource) {
        return resource.ask()
                .thenCompose(
                        identity -> resource.resource().inDoubt().thenApply(branches -> found(identity, branches)));
    }

    private static CommandReply.Builder found(Optional<ResourceIdentity> identity, List<BranchId> inDoubt) {
        InDoubtReply.Builder found = InDoubtReply.newBuilder().setIdentity(Wire.identity(identity));
        inDoubt.forEach(branch -> found.addBranches(Wire.branch(branch)));
        return CommandReply.newBuilder().setInDoubt(found);
    }

    private static String reason(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return String.valueOf(cause.getMessage());
    }

    private CompletionStage<Vote> prepare(Command command) {
        return vote(command, (run, part) -> run.prepare(part::objection));
    }

    private CompletionStage<Vote> canCommit(Command command) {
        AcceptorAddresses acceptors = AcceptorWire.all(command.getAcceptorsList());
        return vote(command, (run, part) -> threePhase.canCommit(part, run, acceptors));
    }

    private CompletionStage<Vote> vote(Command command, BiFunction<BranchRun, LocalPart, CompletionStage<Vote>> cast) {
        BranchId branch = Wire.branch(command.getBranch());
        Optional<LocalPart> part = parts.find(GlobalTxId.fromBytes(branch.gtrid()));
        Optional<BranchRun> run = part.flatMap(local -> local.find(branch));
        if (run.isEmpty()) {
            return CompletableFuture.completedStage(new Vote.Rollback("this service does not run the branch"));
        }
        return cast.apply(run.get(), part.get());
    }

    /**
     * On the branch itself if it runs here; as it is remembered if this process has ended it for certain, since a service
     * may learn the decision before it is told; else by its resource manager. A prepare that was given up may have been
     * carried out late: whoever tells such a branch may have seen it prepared, so the resource is asked, not memory.
     */
    private CompletionStage<Completion> endPrepared(
            Command command,
            Function<BranchRun, CompletionStage<Completion>> own,
            BiFunction<Participant, BranchId, CompletionStage<Completion>> others) {
        BranchId branch = Wire.branch(command.getBranch());
        Optional<BranchRun> run = parts.find(GlobalTxId.fromBytes(branch.gtrid()), branch);
        if (run.isPresent() && !run.get().mayHaveEndedOtherwise()) {
            return own.apply(run.get());
        }
        Optional<Completion> remembered = remembered(command.getKind(), branch);
        return remembered.isPresent()
                ? CompletableFuture.completedStage(remembered.get())
                : byResource(command, branch, others);
    }

    /** On the branch itself if it runs here, ended or not; else by its resource manager. */
    private CompletionStage<Completion> end(
            Command command,
            BiFunction<BranchRun, LocalPart, CompletionStage<Completion>> own,
            BiFunction<Participant, BranchId, CompletionStage<Completion>> others) {
        BranchId branch = Wire.branch(command.getBranch());
        Optional<LocalPart> part = parts.find(GlobalTxId.fromBytes(branch.gtrid()));
        Optional<BranchRun> run = part.flatMap(local -> local.find(branch));
        return run.isPresent() ? own.apply(run.get(), part.get()) : byResource(command, branch, others);
    }

    private CompletionStage<Completion> byResource(
            Command command, BranchId branch, BiFunction<Participant, BranchId, CompletionStage<Completion>> others) {
        try {
            return others.apply(resource(command).recoverer(), branch);
        } catch (IOException notHere) {
            return CompletableFuture.completedStage(new Completion.Unsent(String.valueOf(notHere.getMessage())));
        }
    }

    private Optional<Completion> remembered(Command.Kind kind, BranchId branch) {
        return switch (kind) {
            case COMMIT -> parts.endOf(branch, Outcome.Committed.class);
            case ROLLBACK -> parts.endOf(branch, Outcome.RolledBack.class);
            case COMMIT_ONE_PHASE, FORGET, PREPARE, CAN_COMMIT, SCAN, KIND_UNSPECIFIED, UNRECOGNIZED ->
                Optional.empty();
        };
    }

    /** A resource that the nodes found to be another is told nothing: it would say that it knows no such branch. */
    private ResourceManager resource(Command command) throws IOException {
        AgentResource registered = registered(command);
        Optional<AgentResource.Objection> objection = registered.objection();
        if (objection.isPresent()) {
            throw new IOException(objection.get().why());
        }
        return registered.resource();
    }

    private AgentResource registered(Command command) throws IOException {
        AgentResource resource = resources.get(command.getResourceManager());
        if (resource == null) {
            throw new IOException("resource manager '" + command.getResourceManager() + "' is not registered here");
        }
        return resource;
    }
}
