package dev.assent.outbox.spi;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardLease;
import java.io.Closeable;
import java.io.IOException;

/**
 * Spreads the shards over the live relay instances. A lease is a hint with an epoch: at most one instance holds a shard
 * in the znode store, but an instance that was paused may still believe it does. Safety comes from the epoch.
 */
public interface ShardLeases extends Closeable {
    /** Joins the relay and begins to take leases; each is told to the listener, from one thread. */
    void start(int shards, Listener listener) throws IOException;

    /**
     * Gives back a lease that the caller no longer works under; what is lost already stays lost.
     *
     * @param seen the largest epoch of the shard that the caller knows of: later grants are above it
     */
    void relinquish(ShardLease lease, ShardEpoch seen);

    /**
     * Offers a shard to the other instances, because this one cannot do its work; answers at once.
     *
     * @return true if another instance may take it: this one does not ask for the shard again for a while, and the
     *     caller is to {@link #relinquish} it
     */
    boolean offer(ShardLease lease);

    /** Told what this instance owns. Calls must return soon. */
    interface Listener {
        void granted(ShardLease lease);

        void revoked(ShardLease lease, Revocation why);
    }

    /** Why a lease ends. */
    enum Revocation {
        /** Another instance should have it: finish the batch in hand, then {@link ShardLeases#relinquish give it back}. */
        REBALANCED,
        /** The session is gone, and another instance may own the shard by now: stop at once. */
        LOST
    }
}
