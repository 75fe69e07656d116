package dev.assent.rm.xa;

import dev.assent.tx.model.BranchId;
import javax.transaction.xa.Xid;

/** A {@link BranchId} as drivers want to see it. Equal to another when the branch is the same. */
public record XaXid(BranchId branch) implements Xid {

    /**
     * The branch that {@code xid} names.
     *
     * @throws IllegalArgumentException {@code xid} breaks XA's limits of 1 to 64 bytes a part
     */
    public static BranchId branchOf(Xid xid) {
        return new BranchId(
                xid.getFormatId(),
                xid.getGlobalTransactionId().clone(),
                xid.getBranchQualifier().clone());
    }

    @Override
    public int getFormatId() {
        return branch.formatId();
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return branch.gtrid().clone();
    }

    @Override
    public byte[] getBranchQualifier() {
        return branch.bqual().clone();
    }

    @Override
    public String toString() {
        return branch.toString();
    }
}
