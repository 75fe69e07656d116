package dev.assent.tx.spi;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointLook;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The decisions that a resource keeps, a row for each transaction: the first row is the outcome. COMMIT comes from the
 * transaction's own branch only ({@link PointParticipant}). Thread-safe; no method blocks, and stages fail with an
 * {@link java.io.IOException} when the resource cannot be asked now.
 */
public interface DecisionTable {

    /** Whether a transaction whose first branch works here is decided here without being asked to. */
    boolean isDefault();

    /**
     * Inserts ABORT unless a row is there, and tells which is there then. It waits for a transaction that is inserting
     * one. A COMMIT that is found is noted as taken up before it is told: others may end branches by it from then on.
     * To be called for a transaction of which a branch was prepared, and for no other.
     */
    CompletionStage<Decision> insertAbort(GlobalTxId transaction);

    /** What is there, without changing it. */
    CompletionStage<PointLook> look(GlobalTxId transaction);

    /**
     * Rows that may be looked at by whoever tidies.
     *
     * @param cluster whose transactions
     * @param live incarnations of coordinators whose rows are left alone
     * @param deadlineBeforeMillis only of transactions with an earlier deadline
     * @param most so many rows
     */
    record Due(ClusterId cluster, Set<Long> live, long deadlineBeforeMillis, int most) {}

    CompletionStage<Map<GlobalTxId, DecisionRecord>> rows(Due due);

    /**
     * Deletes these COMMIT rows, together with a note of the latest deadline among them; and these ABORT rows, as far as
     * every transaction that is older than the row is over.
     */
    CompletionStage<Void> delete(Collection<GlobalTxId> transactions);
}
