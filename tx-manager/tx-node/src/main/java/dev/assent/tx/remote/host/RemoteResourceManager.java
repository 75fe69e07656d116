package dev.assent.tx.remote.host;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A resource manager that this node reaches through whichever of its agents is attached. */
final class RemoteResourceManager implements ResourceManager {
    private final Agents agents;
    private final String name;
    private final Duration replyTimeout;

    RemoteResourceManager(Agents agents, String name, Duration replyTimeout) {
        this.agents = agents;
        this.name = name;
        this.replyTimeout = replyTimeout;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        Optional<AgentLink> link = agents.serving(name);
        if (link.isEmpty()) {
            return CompletableFuture.failedStage(new IOException(agents.whyNobodyServes(name)));
        }
        Command.Builder scan = Command.newBuilder().setKind(Command.Kind.SCAN).setResourceManager(name);
        return Replies.within(replyTimeout, link.get().send(scan)).thenCompose(reply -> found(link.get(), reply));
    }

    private CompletionStage<List<BranchId>> found(AgentLink link, CommandReply reply) {
        if (!reply.hasInDoubt()) {
            return CompletableFuture.failedStage(
                    new IOException(link + " could not scan " + name + ": " + reply.getFailure()));
        }
        try {
            if (!reply.getInDoubt().hasIdentity()
                    || !link.names()
                            .isAgreed(name, Wire.identity(reply.getInDoubt().getIdentity()))) {
                return CompletableFuture.failedStage(
                        new IOException(link + " scanned a resource of which it is not verified that it is " + name
                                + ": " + reply.getInDoubt().getIdentity().getText()));
            }
            return CompletableFuture.completedStage(reply.getInDoubt().getBranchesList().stream()
                    .map(Wire::branch)
                    .toList());
        } catch (IllegalArgumentException malformed) {
            return CompletableFuture.failedStage(
                    new IOException(link + " reported a malformed branch: " + malformed.getMessage(), malformed));
        }
    }

    /** What the agents told whose resource is the one that the name stands for; others are not asked. */
    @Override
    public CompletionStage<Optional<ResourceIdentity>> identity() {
        return agents.serving(name)
                .flatMap(link -> link.names().state(name))
                .flatMap(LinkNames::toldIn)
                .map(told -> CompletableFuture.completedStage(told.identity()))
                .orElseGet(() -> CompletableFuture.failedStage(new IOException(agents.whyNobodyServes(name))));
    }

    @Override
    public Participant recoverer() {
        return new RemoteParticipant(agents, Optional.empty(), name, replyTimeout);
    }

    /** The same name is the same resource, whichever agents reach it. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RemoteResourceManager that && agents == that.agents && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
