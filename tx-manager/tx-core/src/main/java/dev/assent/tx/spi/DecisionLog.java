package dev.assent.tx.spi;

import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ShardKey;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Where outcomes are kept: the first record created for a transaction is its outcome. Thread-safe.
 *
 * <p>Every {@link IOException} means that the store could not be asked, or that nothing is known of the effect; the
 * call may be repeated.
 */
public interface DecisionLog {

    /**
     * Decides COMMIT under the epoch that the id names, and under no other. To be called once a transaction, after
     * every vote is in. The stage completes when the result is certain, however long the store is away, or when the
     * log closes; it never fails.
     */
    CompletionStage<CommitResult> commit(GlobalTxId transaction, List<BranchName> prepared);

    /**
     * Records a COMMIT that acceptors have chosen, whatever has become of the epoch; again changes nothing. Does not
     * block; completes when it is durable, and fails with an {@link IOException} when that is not known: it may be
     * called again.
     *
     * @param branches those that the caller knows to be prepared
     */
    CompletionStage<Void> record(GlobalTxId transaction, List<BranchName> branches);

    /** The record, if there is one; as new as any write that finished before this call. */
    RecordRead read(GlobalTxId transaction) throws IOException;

    /**
     * What a conclusion about a transaction rests on, read in this order: its record, as {@link #read} finds it, and up to
     * when records of its shard were deleted, as {@link #everDeletedUpTo} tells.
     */
    record Evidence(RecordRead record, long everDeletedUpTo) {}

    /** Both, with no more waiting than for one of them where that can be had. */
    default Evidence evidence(GlobalTxId transaction) throws IOException {
        RecordRead record = read(transaction);
        return new Evidence(record, everDeletedUpTo(transaction.key().shardKey()));
    }

    /** The same of many at once. */
    Map<GlobalTxId, RecordRead> readAll(Collection<GlobalTxId> transactions) throws IOException;

    /** The garbage collection mark of a shard; to be read before the scan that an {@link #abort} rests on. */
    GcMark gcMark(ShardKey shard) throws IOException;

    /**
     * Decides ABORT unless something was decided, provided that no record was deleted since {@code mark}. A COMMIT that is
     * found is taken up before it is told; see {@link #takeUp}.
     */
    AbortResult abort(GlobalTxId transaction, GcMark mark) throws IOException;

    /**
     * Notes at the record, if there is one, that others than its coordinator may end branches by it from now on; to be
     * called before they may.
     */
    void takeUp(GlobalTxId transaction) throws IOException;

    /**
     * Whether others than its coordinator may have ended branches by a record of the transaction, while its epoch is not
     * fenced: it was taken up, or it is an ABORT of theirs. As new as any write that finished before this call, so what
     * was ended before was taken up by then. No clock has a say in it.
     */
    boolean isTakenUp(GlobalTxId transaction) throws IOException;

    /**
     * Lets the record go, some time later, many at once. Only by the coordinator: for COMMIT after every branch has
     * ended, for ABORT when it has given up and no create of its own is in flight.
     */
    void release(GlobalTxId transaction);

    /** Sends the deletions that wait for others to go with; to be called from time to time. */
    void flush();

    /**
     * The latest deadline, in epoch milliseconds, of any transaction of the shard whose record was ever deleted. If
     * that lies before a transaction's own deadline, and it has no record, it never had one. When nobody can tell it
     * is {@link Long#MAX_VALUE}.
     */
    long everDeletedUpTo(ShardKey shard) throws IOException;
}
