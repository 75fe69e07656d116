package dev.assent.tx.store;

import dev.assent.store.SetAside;
import dev.assent.store.StoreOp;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The latest deadline of all transactions of a shard whose record was ever deleted, kept in the shard's garbage
 * collection node and changed in the same multi as each deletion. A transaction with a later deadline that has no
 * record never had one.
 */
final class DeletionHorizon {
    private DeletionHorizon() {}

    /** An empty node means "none yet"; none at all, that nobody can tell. */
    static OptionalLong decode(byte[] data) {
        if (data.length == 0) {
            return OptionalLong.of(0);
        }
        try {
            return OptionalLong.of(Long.parseLong(new String(data, StandardCharsets.US_ASCII)));
        } catch (NumberFormatException damaged) {
            return OptionalLong.empty();
        }
    }

    /** The same of a shard's mark, which is set aside if it cannot be read. */
    static OptionalLong read(ShardKey shard, byte[] data, SetAside aside) {
        OptionalLong horizon = decode(data);
        if (horizon.isPresent()) {
            aside.clear(StoreLayout.gc(shard));
        } else {
            aside.report(
                    StoreLayout.gc(shard),
                    "it holds no number, so nothing is deleted under " + StoreLayout.TX + " for its shard, and whoever"
                            + " asks for an outcome without a record is told that it is unknown",
                    "Write the time in milliseconds since 1970 at which the last of its transactions may have had its"
                            + " deadline, for instance an hour from now");
        }
        return horizon;
    }

    /** One multi that deletes {@code paths} and moves the horizon, provided that nobody else did since that version. */
    static List<StoreOp> delete(ShardKey shard, List<GlobalTxId> transactions, long horizon, int version) {
        long moved = horizon;
        List<StoreOp> operations = new ArrayList<>(transactions.size() + 1);
        for (GlobalTxId transaction : transactions) {
            moved = Math.max(moved, transaction.deadlineEpochMillis());
            operations.add(new StoreOp.Delete(StoreLayout.decision(transaction), -1));
        }
        operations.add(new StoreOp.SetData(
                StoreLayout.gc(shard), Long.toString(moved).getBytes(StandardCharsets.US_ASCII), version));
        return operations;
    }

    /** Records stay for a while, so that a caller whose answer was lost can still be told. */
    static long keepUntilEpochMillis(GlobalTxId transaction) {
        return transaction.deadlineEpochMillis() + DecisionRecord.RETENTION_MILLIS;
    }
}
