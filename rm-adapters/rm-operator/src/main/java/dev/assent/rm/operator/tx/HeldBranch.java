package dev.assent.rm.operator.tx;

import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;

/**
 * A branch of ours that a database holds prepared.
 *
 * @param address the database that was asked, of the same server
 * @param database the one that holds it
 * @param isHere whether these are the same: it can be ended in its own only
 */
public record HeldBranch(
        DatabaseAddress address,
        String database,
        boolean isHere,
        String gid,
        long seconds,
        GlobalTxId transaction,
        BranchName branch) {}
