package dev.assent.tx.store;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.Op;

/**
 * The latest deadline of all transactions of a shard whose record was ever deleted, kept in the shard's garbage
 * collection node and changed in the same multi as each deletion. A transaction with a later deadline that has no
 * record never had one.
 */
final class DeletionHorizon {
    private DeletionHorizon() {}

    /** An empty node promises nothing for embedded coordinators, and means "none yet" for shards. */
    static long decode(byte[] data) {
        return data.length == 0 ? 0 : Long.parseLong(new String(data, StandardCharsets.US_ASCII));
    }

    /** One multi that deletes {@code paths} and moves the horizon, provided that nobody else did since {@code mark}. */
    static List<Op> delete(ShardKey shard, List<String> paths, List<GlobalTxId> transactions, StoreSession.Node mark) {
        long horizon = decode(mark.data());
        for (GlobalTxId transaction : transactions) {
            horizon = Math.max(horizon, transaction.deadlineEpochMillis());
        }
        List<Op> operations = new ArrayList<>(paths.size() + 1);
        paths.forEach(path -> operations.add(Op.delete(path, -1)));
        operations.add(Op.setData(
                StoreLayout.gc(shard),
                Long.toString(horizon).getBytes(StandardCharsets.US_ASCII),
                mark.stat().getVersion()));
        return operations;
    }

    /** Records of led shards stay for a while, so that a caller whose answer was lost can still be told. */
    static long keepUntilEpochMillis(GlobalTxId transaction) {
        return transaction.key().authority() == Authority.SHARD_2PC
                ? transaction.deadlineEpochMillis() + dev.assent.tx.model.DecisionRecord.RETENTION_MILLIS
                : 0;
    }
}
