package dev.assent.store.lease;

import dev.assent.store.Node;
import dev.assent.store.StoreOp;
import java.util.List;

/** Where members, owners and epochs are in the store, and how an epoch is raised. */
public interface LeaseTree {
    /** What has to be there before anybody takes part, outermost first: the folders, and each shard's epoch. */
    List<StoreOp.Create> prepared(int shards);

    /** The folder of the ephemeral znodes of members. */
    String members();

    /** The ephemeral znode of the shard's owner. */
    String owner(int shard);

    /** The shard's epoch, which stays. */
    String epoch(int shard);

    /**
     * How to raise an epoch; the operations are in one multi with the creation of the owner's znode, and must fail if
     * anybody else has raised it since.
     *
     * @param now what is there
     * @param above the new epoch must be above this one as well
     */
    Raise raise(int shard, Node now, long above);

    /** An epoch, and what makes it the current one. */
    record Raise(long epoch, List<StoreOp> operations) {}
}
