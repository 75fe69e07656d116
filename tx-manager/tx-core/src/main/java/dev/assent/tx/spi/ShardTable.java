package dev.assent.tx.spi;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.shards.Step;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * The cluster's nodes and who holds which shard, in the store. A shard's epoch is the role: whoever opened the last one
 * holds it, until another opens the next. Thread-safe.
 *
 * <p>Every {@link IOException} means that the store could not be asked, or that nothing is known of the effect; the call
 * may be repeated.
 */
public interface ShardTable {
    /** More are refused. */
    int SHARDS_MAX = 1_024;

    /**
     * Agrees on the number of shards with all nodes there ever were, and makes them known.
     *
     * @param wanted empty: whatever the cluster has
     * @param standard if it is a new one
     * @throws IllegalArgumentException the cluster has another number than is wanted; the message names the remedy
     */
    int agree(OptionalInt wanted, int standard) throws IOException;

    /** Shows a member to all as it is now, as long as the session lasts; again with changes. */
    void show(String id, ShardBoard.Member member) throws IOException;

    /** Shows it no more. */
    void hide(String id) throws IOException;

    /** What there is, as new as any write that finished before this call; calls listeners again after any change. */
    ShardBoard read() throws IOException;

    /**
     * Opens the next epoch of each of these shards, unless it is held otherwise than was seen. That ends the epoch before:
     * nothing can be decided COMMIT under it any more.
     *
     * @return the epochs that were opened
     */
    List<EpochRef> take(Collection<Step.Take> wanted, String id, String name) throws IOException;

    /** Ends this node's epochs, unless somebody has, so that others may take the shards. */
    void release(Collection<EpochRef> epochs) throws IOException;

    /** Removes what a fenced member's session holds: the sign that it is there, and its other roles. */
    void forget(String id) throws IOException;

    /** Calls {@code listener} soon after what {@link #read} returned has changed. */
    void onChange(Runnable listener);
}
