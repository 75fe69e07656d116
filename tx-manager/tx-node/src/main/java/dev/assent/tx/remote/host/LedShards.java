package dev.assent.tx.remote.host;

import dev.assent.trace.Tracing;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** The node behind the endpoint: its share of the cluster's shards, and what every node can tell. Thread-safe. */
public interface LedShards {
    ClusterId cluster();

    /** The epochs of this node, one a shard that it leads now. */
    List<EpochRef> led();

    /** Whether transactions are begun under that epoch of this node. */
    boolean isOpen(EpochRef epoch);

    /** What makes spans of what is begun here. */
    default Tracing tracing() {
        return Tracing.NONE;
    }

    /** Begins under one of them by turns. */
    StagedTransaction begin(Duration timeout);

    /**
     * Begins one whose name somebody made under an epoch of this node, once.
     *
     * @throws dev.assent.tx.api.TransactionServiceException that epoch is not held any more, or the deadline is too far
     */
    StagedTransaction begin(GlobalTxId name);

    /**
     * How any transaction of the cluster ended, by its token. Waits for the store.
     *
     * @param notReadOnly whether who asks knows that it was not committed with nothing but read-only branches
     */
    Outcome outcome(String token, boolean notReadOnly);

    /**
     * What the acceptors of a three-phase transaction chose, whatever branches did by themselves. Waits for the store, and
     * some seconds for the acceptors.
     */
    Outcome accepted(GlobalTxId transaction);

    /** Records a COMMIT that acceptors chose; fails when that is not durable yet, and may be called again. */
    CompletionStage<Void> learned(GlobalTxId transaction);

    /** Makes a resource known to recovery, without waiting for anything; again with the same name changes nothing. */
    void register(ResourceManager resource);

    /**
     * Why no decision could be written now; empty if one could. The stage never fails, and completes within
     * {@code patience}.
     */
    CompletionStage<Optional<String>> whyNoDecision(Duration patience);

    /**
     * Claims a name for the resource that an agent has under it. Waits for the store.
     *
     * @param identity empty when the resource cannot tell
     * @throws IOException the store cannot be asked
     */
    ResourceCatalog.Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException;

    /** A shard that is closing is not handed over while {@code unheard} says so of its epoch. */
    void holdOpenWhile(Predicate<EpochRef> unheard);

    /** Calls {@code listener} after each change of {@link #led}. */
    void onChange(Runnable listener);
}
