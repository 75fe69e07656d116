package dev.assent.tx.remote.host;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.spi.Participant;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A branch that lives behind an agent, as a participant.
 *
 * <p>Prepare and one-phase commit go to the agent that did the work and to no other. Once a branch may be prepared
 * any agent that reaches the same resource manager can end it.
 */
final class RemoteParticipant implements Participant {
    private final Agents agents;
    private final Optional<AgentId> worker;
    private final String resourceManager;
    private final Duration replyTimeout;

    /**
     * A participant behind {@code worker}.
     *
     * @param worker the agent that does the branch's work; empty for a branch found in doubt
     */
    RemoteParticipant(Agents agents, Optional<AgentId> worker, String resourceManager, Duration replyTimeout) {
        this.agents = agents;
        this.worker = worker;
        this.resourceManager = resourceManager;
        this.replyTimeout = replyTimeout;
    }

    @Override
    public Vote prepare(BranchId branch) {
        Optional<AgentLink> link = worker.flatMap(agents::find);
        if (link.isEmpty()) {
            return new Vote.Rollback("the service that did the work in " + resourceManager + " is not connected");
        }
        try {
            CommandReply reply = Replies.await(link.get().send(command(Command.Kind.PREPARE, branch)), replyTimeout);
            if (!reply.hasVote()) {
                return new Vote.Rollback(link.get() + " could not prepare: " + reply.getFailure());
            }
            return Wire.vote(reply.getVote());
        } catch (IOException | IllegalArgumentException lost) {
            return new Vote.Rollback("prepare of " + resourceManager + " was not confirmed: " + lost.getMessage());
        }
    }

    @Override
    public Completion commit(BranchId branch) {
        return tell(Command.Kind.COMMIT, branch, anyRoute());
    }

    @Override
    public Completion commitOnePhase(BranchId branch) {
        // Another agent could not tell "committed" from "never there".
        return tell(Command.Kind.COMMIT_ONE_PHASE, branch, worker.flatMap(agents::find));
    }

    @Override
    public Completion rollback(BranchId branch) {
        return tell(Command.Kind.ROLLBACK, branch, anyRoute());
    }

    @Override
    public Completion forget(BranchId branch) {
        return tell(Command.Kind.FORGET, branch, anyRoute());
    }

    private Optional<AgentLink> anyRoute() {
        return worker.flatMap(agents::find).or(() -> agents.serving(resourceManager));
    }

    private Completion tell(Command.Kind kind, BranchId branch, Optional<AgentLink> link) {
        if (link.isEmpty()) {
            return new Completion.Retry("no service that reaches " + resourceManager + " is connected");
        }
        try {
            CommandReply reply = Replies.await(link.get().send(command(kind, branch)), replyTimeout);
            return reply.hasCompletion()
                    ? Wire.completion(reply.getCompletion())
                    : new Completion.Retry(link.get() + ": " + reply.getFailure());
        } catch (IOException | IllegalArgumentException lost) {
            return new Completion.Retry(String.valueOf(lost.getMessage()));
        }
    }

    private Command.Builder command(Command.Kind kind, BranchId branch) {
        return Command.newBuilder()
                .setKind(kind)
                .setResourceManager(resourceManager)
                .setBranch(Wire.branch(branch));
    }
}
