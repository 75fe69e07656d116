package dev.assent.tx.remote.host;

import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.spi.ResourceManager;
import java.util.List;

/** The node behind the endpoint: its share of the cluster's shards, and what every node can tell. Thread-safe. */
public interface LedShards {
    ClusterId cluster();

    /** The reigns of this node, one a shard that it leads now. */
    List<EpochRef> led();

    /** Begins under one of them by turns, and tells how any transaction of the cluster ended. */
    TransactionService transactions();

    /** Makes a resource known to recovery; again with the same name changes nothing. */
    void register(ResourceManager resource);

    /** Calls {@code listener} after each change of {@link #led}. */
    void onChange(Runnable listener);
}
