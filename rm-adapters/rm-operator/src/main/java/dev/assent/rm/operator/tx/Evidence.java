package dev.assent.rm.operator.tx;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a transaction, read in this order: whether its epoch is fenced; while it is not, its shard's mark;
 * the databases; the record.
 *
 * @param held its branches that the databases hold prepared
 */
public record Evidence(
        ClusterId here,
        GlobalTxId transaction,
        boolean isFenced,
        Optional<GcMark> mark,
        List<HeldBranch> held,
        RecordRead record,
        long nowEpochMillis) {
    public Evidence {
        held = List.copyOf(held);
    }
}
