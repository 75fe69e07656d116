package dev.assent.tx.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GarbagePlanTest {
    private static final EpochKey SHARD = new EpochKey(Authority.SHARD_2PC, 3, 0);
    private static final int FENCED_EPOCH = 1;
    private static final int CURRENT_EPOCH = 2;
    private static final long DEADLINE = 1_000;
    private static final long NOBODY_ASKS = DEADLINE + DecisionRecord.RETENTION_MILLIS;
    private static final ResourceName.Hash ORDERS = new ResourceName("orders").hash();
    private static final ResourceName.Hash PAYMENTS = new ResourceName("payments").hash();
    private static final EpochCensus EPOCHS =
            new EpochCensus(0, new TreeMap<>(), new TreeSet<>(), new TreeMap<>(Map.of(SHARD.shard(), CURRENT_EPOCH)));
    private static final RecordRead ABORT = new RecordRead.Found(new DecisionRecord(Decision.ABORT, List.of()));
    private static final RecordRead COMMIT = new RecordRead.Found(
            new DecisionRecord(Decision.COMMIT, List.of(new BranchName(ORDERS, 1, 1), new BranchName(PAYMENTS, 2, 1))));

    private final GarbagePlan plan = new GarbagePlan();

    private static GlobalTxId transaction(int epoch) {
        return new GlobalTxId(new ClusterId(7), SHARD, epoch, DEADLINE, new GlobalTxId.Unique(0, 1));
    }

    private static final GlobalTxId GONE = transaction(FENCED_EPOCH);

    @Test
    void records_are_kept_as_long_as_callers_may_ask_and_those_of_a_current_epoch_are_its_coordinators() {
        assertThat(GarbagePlan.isDue(GONE, EPOCHS, NOBODY_ASKS - 1)).isFalse();
        assertThat(GarbagePlan.isDue(GONE, EPOCHS, NOBODY_ASKS)).isTrue();
        assertThat(GarbagePlan.isDue(transaction(CURRENT_EPOCH), EPOCHS, 2 * NOBODY_ASKS))
                .isFalse();
    }

    @Test
    void abort_needs_no_resource_to_be_asked() {
        plan.read(Map.of(GONE, ABORT));

        assertThat(plan.questions()).isEmpty();
        assertThat(plan.deletable(10)).containsEntry(SHARD.shardKey(), List.of(GONE));
    }

    @Test
    void commit_is_kept_until_every_resource_has_looked_and_not_found_its_branch() {
        plan.read(Map.of(GONE, COMMIT));
        assertThat(plan.questions()).containsOnlyKeys(ORDERS, PAYMENTS);
        assertThat(plan.deletable(10)).isEmpty();

        plan.answered(ORDERS, Set.of(GONE), Set.of());
        plan.answered(PAYMENTS, Set.of(GONE), Set.of(GONE));
        assertThat(plan.questions()).containsOnlyKeys(PAYMENTS);
        assertThat(plan.deletable(10)).isEmpty();

        plan.answered(PAYMENTS, Set.of(GONE), Set.of());
        assertThat(plan.deletable(10)).containsEntry(SHARD.shardKey(), List.of(GONE));
    }

    @Test
    void an_answer_tells_nothing_about_what_it_was_not_asked() {
        plan.read(Map.of(GONE, COMMIT));

        plan.answered(ORDERS, Set.of(), Set.of());
        plan.answered(PAYMENTS, Set.of(), Set.of());

        assertThat(plan.deletable(10)).isEmpty();
    }

    @Test
    void a_record_that_cannot_be_read_is_kept() {
        plan.read(Map.of(GONE, new RecordRead.Unreadable("it says MAYBE")));

        assertThat(plan.deletable(10)).isEmpty();
        assertThat(plan.isUnread(GONE)).isTrue();
    }

    @Test
    void a_question_has_a_limit_and_the_rest_is_asked_later() {
        for (int count = 0; count <= GarbagePlan.ASKED_MAX; count++) {
            GlobalTxId id =
                    new GlobalTxId(new ClusterId(7), SHARD, FENCED_EPOCH, DEADLINE, new GlobalTxId.Unique(1, count));
            plan.read(Map.of(id, COMMIT));
        }

        assertThat(plan.questions().get(ORDERS)).hasSize(GarbagePlan.ASKED_MAX);
    }
}
