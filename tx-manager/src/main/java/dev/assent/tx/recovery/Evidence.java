package dev.assent.tx.recovery;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a recovery pass has read from the store before it scans a resource.
 *
 * @param epochs read first, after the dead ones were fenced
 * @param marks of every shard, read after the epochs and before the scan
 * @param records of every transaction of a fenced epoch, read after the epochs and before the scan
 */
public record Evidence(
        ClusterId cluster, EpochCensus epochs, Map<ShardKey, GcMark> marks, Map<GlobalTxId, DecisionRecord> records) {

    public Evidence {
        marks = new LinkedHashMap<>(marks);
        records = new LinkedHashMap<>(records);
    }
}
