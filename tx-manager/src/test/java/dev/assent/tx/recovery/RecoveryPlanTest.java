package dev.assent.tx.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecoveryPlanTest {
    private static final ClusterId CLUSTER = new ClusterId(7);
    private static final EpochKey SHARD = new EpochKey(Authority.SHARD_2PC, 3, 0);
    private static final int FENCED_EPOCH = 1;
    private static final int REIGNING_EPOCH = 2;
    private static final long DEADLINE = 1_000;
    private static final long NOBODY_ASKS = DEADLINE + DecisionRecord.RETENTION_MILLIS;
    private static final DecisionRecord ABORT = new DecisionRecord(Verdict.ABORT, List.of());
    private static final DecisionRecord ENDED_COMMIT = new DecisionRecord(Verdict.COMMIT, List.of());
    private static final DecisionRecord COMMIT =
            new DecisionRecord(Verdict.COMMIT, List.of(new BranchName(new ResourceName("orders").hash(), 1, 1)));

    private static GlobalTxId transaction(int epoch) {
        return new GlobalTxId(CLUSTER, SHARD, epoch, DEADLINE, new GlobalTxId.Unique(0, 1));
    }

    private static List<RecoveryCommand> deletions(GlobalTxId id, DecisionRecord record, long nowEpochMillis) {
        EpochCensus epochs = new EpochCensus(
                0, new TreeMap<>(), new TreeSet<>(), new TreeMap<>(Map.of(SHARD.shard(), REIGNING_EPOCH)));
        return new RecoveryPlan(new Evidence(CLUSTER, epochs, Map.of(), Map.of(id, record)), nowEpochMillis, 0)
                .deletions();
    }

    private static RecoveryCommand delete(GlobalTxId id) {
        return new RecoveryCommand.Delete(SHARD.shardKey(), List.of(id));
    }

    @Test
    void abort_of_a_fenced_epoch_is_kept_as_long_as_callers_may_ask() {
        GlobalTxId id = transaction(FENCED_EPOCH);

        assertThat(deletions(id, ABORT, NOBODY_ASKS - 1)).isEmpty();
        assertThat(deletions(id, ABORT, NOBODY_ASKS)).containsExactly(delete(id));
    }

    @Test
    void commit_with_every_branch_ended_is_kept_just_as_long() {
        GlobalTxId id = transaction(FENCED_EPOCH);

        assertThat(deletions(id, ENDED_COMMIT, NOBODY_ASKS - 1)).isEmpty();
        assertThat(deletions(id, ENDED_COMMIT, NOBODY_ASKS)).containsExactly(delete(id));
    }

    @Test
    void commit_with_a_branch_to_end_is_kept_however_late() {
        assertThat(deletions(transaction(FENCED_EPOCH), COMMIT, 2 * NOBODY_ASKS))
                .isEmpty();
    }

    @Test
    void records_of_a_reigning_epoch_are_its_coordinators_alone() {
        assertThat(deletions(transaction(REIGNING_EPOCH), ABORT, 2 * NOBODY_ASKS))
                .isEmpty();
        assertThat(deletions(transaction(REIGNING_EPOCH), ENDED_COMMIT, 2 * NOBODY_ASKS))
                .isEmpty();
    }
}
