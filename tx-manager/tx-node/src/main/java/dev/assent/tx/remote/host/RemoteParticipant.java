package dev.assent.tx.remote.host;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ThreePhaseParticipant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A branch that lives behind an agent, as a participant.
 *
 * <p>Prepare and one-phase commit go to the agent that did the work and to no other. Once a branch may be prepared
 * any agent that reaches the same resource manager can end it.
 */
final class RemoteParticipant implements Participant {
    /** How long an agent may take in phase 2 before the same is told to another that reaches the resource. */
    private static final Duration ANOTHER_WAY = Duration.ofSeconds(3);

    private final Agents agents;
    private final Optional<AgentId> worker;
    private final String resourceManager;
    private final Duration replyTimeout;
    private final Optional<Vote> cast;
    private final Optional<AcceptorAddresses.Entry> acceptor;

    /**
     * A participant behind {@code worker}.
     *
     * @param worker the agent that does the branch's work; empty for a branch found in doubt
     */
    RemoteParticipant(Agents agents, Optional<AgentId> worker, String resourceManager, Duration replyTimeout) {
        this(agents, worker, resourceManager, replyTimeout, Optional.empty(), Optional.empty());
    }

    private RemoteParticipant(
            Agents agents,
            Optional<AgentId> worker,
            String resourceManager,
            Duration replyTimeout,
            Optional<Vote> cast,
            Optional<AcceptorAddresses.Entry> acceptor) {
        this.acceptor = acceptor;
        this.agents = agents;
        this.worker = worker;
        this.resourceManager = resourceManager;
        this.replyTimeout = replyTimeout;
        this.cast = cast;
    }

    /** The same branch, which has voted already: it is not asked to. */
    RemoteParticipant thatVoted(Vote vote) {
        return new RemoteParticipant(agents, worker, resourceManager, replyTimeout, Optional.of(vote), acceptor);
    }

    /** The same branch, of a service that keeps an acceptor's log and is asked there, whether it is attached or not. */
    RemoteParticipant withAcceptor(AcceptorAddresses.Entry keeper) {
        return new RemoteParticipant(agents, worker, resourceManager, replyTimeout, cast, Optional.of(keeper));
    }

    @Override
    public Optional<ThreePhaseParticipant> threePhase() {
        return acceptor.map(keeper -> new ThreePhaseParticipant() {
            @Override
            public AcceptorAddresses.Entry acceptor() {
                return keeper;
            }

            @Override
            public CompletionStage<Vote> canCommit(BranchId branch, AcceptorAddresses acceptors) {
                Command.Builder command = command(Command.Kind.CAN_COMMIT, branch);
                acceptors.entries().forEach(entry -> command.addAcceptors(AcceptorWire.at(entry)));
                return vote(command);
            }
        });
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        if (cast.isPresent()) {
            return CompletableFuture.completedStage(cast.get());
        }
        return vote(command(Command.Kind.PREPARE, branch));
    }

    private CompletionStage<Vote> vote(Command.Builder command) {
        Optional<AgentLink> link = worker.flatMap(agents::find);
        if (link.isEmpty()) {
            return CompletableFuture.completedStage(
                    new Vote.Rollback("the service that did the work in " + resourceManager + " is not connected"));
        }
        if (link.get().names().state(resourceManager).orElse(null) instanceof LinkNames.NameState.Refused refused) {
            return CompletableFuture.completedStage(new Vote.Rollback(refused.why()));
        }
        return Replies.within(replyTimeout, link.get().send(command))
                .handle((reply, lost) -> vote(link.get(), reply, lost));
    }

    private Vote vote(AgentLink link, @Nullable CommandReply reply, @Nullable Throwable lost) {
        if (reply == null && isNotSent(lost)) {
            return new Vote.Rollback(resourceManager + " was not asked to prepare: " + Replies.reason(lost));
        }
        if (reply == null) {
            return new Vote.Unconfirmed(
                    "prepare of " + resourceManager + " was not confirmed: " + Replies.reason(lost));
        }
        if (!reply.hasVote()) {
            return new Vote.Unconfirmed(link + " could not prepare: " + reply.getFailure());
        }
        try {
            return Wire.vote(reply.getVote());
        } catch (IllegalArgumentException unreadable) {
            return new Vote.Unconfirmed(
                    "prepare of " + resourceManager + " was not confirmed: " + unreadable.getMessage());
        }
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return tell(Command.Kind.COMMIT, branch, anyRoute());
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        if (cast.isPresent()) {
            return CompletableFuture.completedStage(new Completion.NeedsPrepare()); // it is prepared
        }
        // Another agent could not tell "committed" from "never there".
        return tell(Command.Kind.COMMIT_ONE_PHASE, branch, worker.flatMap(agents::find));
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return tell(Command.Kind.ROLLBACK, branch, anyRoute());
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return tell(Command.Kind.FORGET, branch, anyRoute());
    }

    private Optional<AgentLink> anyRoute() {
        Optional<AgentLink> own = worker.flatMap(agents::find);
        return own.filter(link -> !link.isSilent())
                .or(() -> agents.speaking(resourceManager, null))
                .or(() -> own)
                .or(() -> agents.serving(resourceManager));
    }

    /** An agent is not waited for when another can do the same; it may answer all the same, and that does no harm. */
    private Duration patience(Command.Kind kind, AgentLink link) {
        boolean isForAnybody = kind == Command.Kind.COMMIT || kind == Command.Kind.ROLLBACK;
        boolean hasOther =
                isForAnybody && agents.speaking(resourceManager, link).isPresent();
        return hasOther && replyTimeout.compareTo(ANOTHER_WAY) > 0 ? ANOTHER_WAY : replyTimeout;
    }

    private CompletionStage<Completion> tell(Command.Kind kind, BranchId branch, Optional<AgentLink> link) {
        if (link.isEmpty()) {
            return CompletableFuture.completedStage(new Completion.Unsent(agents.whyNobodyServes(resourceManager)));
        }
        return Replies.within(patience(kind, link.get()), link.get().send(command(kind, branch)))
                .handle((reply, lost) -> completion(link.get(), reply, lost));
    }

    private static Completion completion(AgentLink link, @Nullable CommandReply reply, @Nullable Throwable lost) {
        if (reply == null) {
            return isNotSent(lost)
                    ? new Completion.Unsent(Replies.reason(lost))
                    : new Completion.Retry(Replies.reason(lost));
        }
        if (!reply.hasCompletion()) {
            return new Completion.Retry(link + ": " + reply.getFailure());
        }
        try {
            return Wire.completion(reply.getCompletion());
        } catch (IllegalArgumentException unreadable) {
            return new Completion.Retry(link + ": " + unreadable.getMessage());
        }
    }

    private static boolean isNotSent(@Nullable Throwable lost) {
        Throwable cause = lost instanceof CompletionException ? lost.getCause() : lost;
        return cause instanceof AgentLink.NotSent;
    }

    private Command.Builder command(Command.Kind kind, BranchId branch) {
        return Command.newBuilder()
                .setKind(kind)
                .setResourceManager(resourceManager)
                .setBranch(Wire.branch(branch));
    }
}
