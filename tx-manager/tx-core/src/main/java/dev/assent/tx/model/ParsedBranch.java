package dev.assent.tx.model;

/** An XID found in a resource, read exactly: ours of this cluster, another cluster's, or another manager's. */
public sealed interface ParsedBranch {

    /** A branch that this cluster decides. */
    record Ours(GlobalTxId transaction, BranchName branch, BranchId xid) implements ParsedBranch {}

    /** An Assent branch of another cluster that shares the resource: never touched. */
    record OtherCluster(ClusterId cluster) implements ParsedBranch {}

    /** Not an XID of ours, or one of a format we do not know: never touched. */
    record Foreign(String why) implements ParsedBranch {}

    /** Matches the cluster id whole; anything that is not exactly ours is not ours. */
    static ParsedBranch of(BranchId xid, ClusterId here) {
        if (xid.formatId() != BranchId.FORMAT_ID) {
            return new Foreign("format id " + xid.formatId());
        }
        try {
            GlobalTxId transaction = GlobalTxId.fromBytes(xid.gtrid());
            if (!transaction.cluster().equals(here)) {
                return new OtherCluster(transaction.cluster());
            }
            return new Ours(transaction, BranchName.fromBytes(xid.bqual()), xid);
        } catch (IllegalArgumentException e) {
            return new Foreign(String.valueOf(e.getMessage()));
        }
    }
}
