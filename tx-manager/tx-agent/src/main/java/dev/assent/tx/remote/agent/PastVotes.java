package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.acceptor.AcceptorHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Whether branches that a life of this service before this one voted for have ended: they have where their resources hold
 * none prepared. Only a branch that was prepared was voted for, so of a COMMIT none can turn up later. Of a rollback one can,
 * that a dead process had asked its database to prepare and that has not got to it yet: nothing is said until this life is
 * old enough for that to be over. Were it still not over, such a branch would stay prepared until a person ends it.
 * Thread-safe; nothing blocks.
 */
final class PastVotes implements AcceptorHost.PastLives {
    /** Longer than a statement that nobody waits for stays under way in a database that is asked and answers. */
    static final long SETTLED_MILLIS = 60_000;

    private final BranchCommands commands;
    private final Clock clock;
    private final long startedNanos;

    PastVotes(BranchCommands commands, Clock clock) {
        this.commands = commands;
        this.clock = clock;
        this.startedNanos = clock.nanos();
    }

    @Override
    public CompletionStage<Boolean> hasEnded(GlobalTxId transaction, Set<ResourceName.Hash> resources) {
        if (clock.nanos() - startedNanos < TimeUnit.MILLISECONDS.toNanos(SETTLED_MILLIS)) {
            return CompletableFuture.completedStage(false);
        }
        byte[] gtrid = transaction.toBytes();
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (ResourceName.Hash resource : resources) {
            answers.add(isGone(gtrid, resource).toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> answers.stream().allMatch(CompletableFuture::join));
    }

    private CompletionStage<Boolean> isGone(byte[] gtrid, ResourceName.Hash hash) {
        Optional<AgentResource> resource = commands.nameOf(hash).flatMap(commands::find);
        if (resource.isEmpty()) {
            return CompletableFuture.failedStage(
                    new IOException("this service had a resource before that it does not have now: " + hash));
        }
        return resource.get().prepared().thenApply(branches -> branches.stream()
                .noneMatch(branch -> Arrays.equals(branch.gtrid(), gtrid)));
    }
}
