package dev.assent.tx.spi;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The records that epochs have left, for whoever collects them; one process at a time has that role. */
public interface DecisionArchive {

    /** The epochs that have a folder for records. */
    List<EpochRef> epochs() throws IOException;

    /** The epoch of an embedded coordinator, whether it has a folder or not. */
    EpochRef embedded(long incarnation);

    /**
     * The transactions of an epoch that have a record, as new as any write that finished before this call. What has
     * not changed since the last call is not listed again.
     */
    Set<GlobalTxId> transactions(EpochRef epoch) throws IOException;

    /** Deletes records, each of a fenced epoch and needed by nobody; those that are gone, or that resist, are left. */
    void delete(ShardKey shard, List<GlobalTxId> transactions) throws IOException;

    /**
     * Removes a fenced epoch's folder, and with an embedded coordinator's its epoch, which counts as fenced for ever.
     *
     * @return false when something is left in the folder
     */
    boolean retire(EpochRef epoch) throws IOException;
}
