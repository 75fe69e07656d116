package dev.assent.tx.remote.agent;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.InDoubtReply;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Carries out a node's commands: on the branch itself if it ran in this process, else through its resource manager,
 * which may hold it prepared from another life.
 */
final class BranchCommands {
    private final LocalParts parts;
    private final Map<String, ResourceManager> resources = new ConcurrentHashMap<>();

    BranchCommands(LocalParts parts) {
        this.parts = parts;
    }

    void register(ResourceManager resource) {
        resources.put(resource.name(), resource);
    }

    Iterable<String> resourceNames() {
        return resources.keySet();
    }

    /** The registered name that a bqual carries the hash of. */
    Optional<String> nameOf(ResourceName.Hash hash) {
        return resources.keySet().stream()
                .filter(name -> new ResourceName(name).hash().equals(hash))
                .findFirst();
    }

    /** Blocks on the resource; never throws. */
    CommandReply run(Command command) {
        CommandReply.Builder reply = CommandReply.newBuilder().setCommandId(command.getCommandId());
        try {
            return switch (command.getKind()) {
                case SCAN -> reply.setInDoubt(scan(command)).build();
                case PREPARE -> reply.setVote(Wire.vote(prepare(command))).build();
                case COMMIT, COMMIT_ONE_PHASE, ROLLBACK, FORGET ->
                    reply.setCompletion(Wire.completion(end(command))).build();
                case KIND_UNSPECIFIED, UNRECOGNIZED ->
                    reply.setFailure("this service does not know command " + command.getKindValue())
                            .build();
            };
        } catch (IOException | RuntimeException failed) {
            return reply.setFailure(String.valueOf(failed.getMessage())).build();
        }
    }

    private InDoubtReply scan(Command command) throws IOException {
        InDoubtReply.Builder found = InDoubtReply.newBuilder();
        for (BranchId branch : resource(command).inDoubt()) {
            found.addBranches(Wire.branch(branch));
        }
        return found.build();
    }

    private Vote prepare(Command command) {
        BranchId branch = Wire.branch(command.getBranch());
        Optional<LocalPart> part = parts.find(GlobalTxId.fromBytes(branch.gtrid()));
        Optional<BranchRun> run = part.flatMap(local -> local.find(branch));
        if (run.isEmpty()) {
            return new Vote.Rollback("this service does not run the branch");
        }
        return run.get().prepare(part.get().objection());
    }

    private Completion end(Command command) throws IOException {
        BranchId branch = Wire.branch(command.getBranch());
        Optional<LocalPart> part = parts.find(GlobalTxId.fromBytes(branch.gtrid()));
        Optional<BranchRun> run = part.flatMap(local -> local.find(branch));
        if (run.isPresent()) {
            return endOwn(command.getKind(), run.get(), part.get());
        }
        Participant recoverer = resource(command).recoverer();
        Function<BranchId, Completion> how =
                switch (command.getKind()) {
                    case COMMIT -> recoverer::commit;
                    case ROLLBACK -> recoverer::rollback;
                    case FORGET -> recoverer::forget;
                    default ->
                        xid -> new Completion.Retry("this service does not run the branch, and only its own agent may");
                };
        return how.apply(branch);
    }

    private static Completion endOwn(Command.Kind kind, BranchRun run, LocalPart part) {
        return switch (kind) {
            case COMMIT -> run.commit();
            case COMMIT_ONE_PHASE -> run.commitOnePhase(part.objection());
            case ROLLBACK -> run.rollback();
            case FORGET -> run.forget();
            default -> throw new IllegalArgumentException("command " + kind + " does not end a branch");
        };
    }

    private ResourceManager resource(Command command) throws IOException {
        ResourceManager resource = resources.get(command.getResourceManager());
        if (resource == null) {
            throw new IOException("resource manager '" + command.getResourceManager() + "' is not registered here");
        }
        return resource;
    }
}
