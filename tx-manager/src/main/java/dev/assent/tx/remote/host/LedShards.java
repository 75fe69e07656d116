package dev.assent.tx.remote.host;

import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.ResourceManager;
import java.util.List;
import java.util.Optional;

/** The node behind the endpoint: its share of the cluster's shards, and what every node can tell. Thread-safe. */
public interface LedShards {
    ClusterId cluster();

    /** The reigns of this node, one a shard that it leads now. */
    List<EpochRef> led();

    /** A coordinator to begin on, by turns; empty while this node leads nothing. */
    Optional<TransactionService> next();

    /** How a transaction of any shard ended, from the replicated record. */
    Outcome outcome(GlobalTxId transaction);

    /** Makes a resource known to recovery; again with the same name changes nothing. */
    void register(ResourceManager resource);

    /** Calls {@code listener} after each change of {@link #led}. */
    void onChange(Runnable listener);
}
