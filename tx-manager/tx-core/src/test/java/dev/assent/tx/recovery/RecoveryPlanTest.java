package dev.assent.tx.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecoveryPlanTest {
    private static final ClusterId CLUSTER = new ClusterId(7);
    private static final EpochKey SHARD = new EpochKey(Authority.SHARD_2PC, 3, 0);
    private static final int FENCED_EPOCH = 1;
    private static final int CURRENT_EPOCH = 2;
    private static final long DEADLINE = 1_000;
    private static final long GRACE = 100;
    private static final ResourceName.Hash ORDERS = new ResourceName("orders").hash();
    private static final ResourceName.Hash PAYMENTS = new ResourceName("payments").hash();
    private static final GcMark MARK = new GcMark(SHARD.shardKey(), 5);

    private static GlobalTxId transaction(int epoch) {
        return new GlobalTxId(CLUSTER, SHARD, epoch, DEADLINE, new GlobalTxId.Unique(0, 1));
    }

    private static ParsedBranch.Ours branch(int epoch) {
        BranchName name = new BranchName(ORDERS, 1, 1);
        return new ParsedBranch.Ours(transaction(epoch), name, name.in(transaction(epoch)));
    }

    private static RecoveryPlan plan(long nowEpochMillis) {
        return plan(nowEpochMillis, false);
    }

    private static RecoveryPlan plan(long nowEpochMillis, boolean endingHere) {
        EpochCensus epochs = new EpochCensus(
                0, new TreeMap<>(), new TreeSet<>(), new TreeMap<>(Map.of(SHARD.shard(), CURRENT_EPOCH)));
        return new RecoveryPlan(
                CLUSTER, epochs, new RecoveryPlan.Timing(nowEpochMillis, GRACE, transaction -> endingHere));
    }

    private static List<RecoveryCommand> afterReading(RecordRead read) {
        List<ParsedBranch.Ours> scanned = List.of(branch(FENCED_EPOCH));
        return plan(0).commands(scanned, Map.of(), Map.of(transaction(FENCED_EPOCH), read));
    }

    @Test
    void a_branch_of_a_fenced_epoch_obeys_its_record() {
        DecisionRecord commit = new DecisionRecord(Decision.COMMIT, List.of());
        DecisionRecord abort = new DecisionRecord(Decision.ABORT, List.of());

        assertThat(afterReading(new RecordRead.Found(commit)))
                .containsExactly(new RecoveryCommand.Commit(branch(FENCED_EPOCH)));
        assertThat(afterReading(new RecordRead.Found(abort)))
                .singleElement()
                .isInstanceOf(RecoveryCommand.Rollback.class);
    }

    @Test
    void without_a_record_a_branch_of_a_fenced_epoch_rolls_back() {
        assertThat(afterReading(new RecordRead.Absent())).singleElement().isInstanceOf(RecoveryCommand.Rollback.class);
    }

    /** What they chose is recorded afterwards, or never: the record's absence says nothing. */
    @Test
    void what_acceptors_decide_is_never_rolled_back_for_want_of_a_record() {
        GlobalTxId fenced = decidedByAcceptors(FENCED_EPOCH);
        GlobalTxId live = decidedByAcceptors(CURRENT_EPOCH);
        List<ParsedBranch.Ours> scanned = List.of(branch(fenced), branch(live));

        assertThat(plan(0).recordsToRead(scanned)).isEmpty();
        assertThat(plan(0).marksToRead(scanned)).isEmpty();
        assertThat(plan(0).commands(scanned, Map.of(), Map.of(fenced, new RecordRead.Absent())))
                .containsExactly(new RecoveryCommand.TerminateAtAcceptors(branch(fenced)));
        assertThat(plan(DEADLINE + GRACE).commands(scanned, Map.of(SHARD.shardKey(), MARK), Map.of()))
                .containsExactly(
                        new RecoveryCommand.TerminateAtAcceptors(branch(fenced)),
                        new RecoveryCommand.TerminateAtAcceptors(branch(live)));
        assertThat(plan(DEADLINE + GRACE, true).commands(List.of(branch(live)), Map.of(), Map.of()))
                .isEmpty();
    }

    private static GlobalTxId decidedByAcceptors(int epoch) {
        return new GlobalTxId(
                CLUSTER,
                new EpochKey(Authority.PAXOS_3PC, SHARD.shard(), 0),
                epoch,
                DEADLINE,
                new GlobalTxId.Unique(0, 2));
    }

    private static ParsedBranch.Ours branch(GlobalTxId transaction) {
        BranchName name = new BranchName(ORDERS, 1, 1);
        return new ParsedBranch.Ours(transaction, name, name.in(transaction));
    }

    @Test
    void a_record_that_cannot_be_read_leaves_the_branch_alone() {
        assertThat(afterReading(new RecordRead.Unreadable("it says MAYBE")))
                .containsExactly(new RecoveryCommand.LeaveAlone(branch(FENCED_EPOCH), "it says MAYBE"));
    }

    @Test
    void a_record_that_was_not_read_is_not_taken_for_none() {
        assertThat(plan(0).commands(List.of(branch(FENCED_EPOCH)), Map.of(), Map.of()))
                .isEmpty();
    }

    @Test
    void only_records_of_fenced_epochs_are_read_and_only_marks_of_suspects() {
        List<ParsedBranch.Ours> scanned = List.of(branch(FENCED_EPOCH), branch(CURRENT_EPOCH));

        assertThat(plan(DEADLINE).recordsToRead(scanned)).containsExactly(transaction(FENCED_EPOCH));
        assertThat(plan(DEADLINE).marksToRead(scanned)).isEmpty();
        assertThat(plan(DEADLINE + GRACE).marksToRead(scanned)).containsExactly(SHARD.shardKey());
    }

    @Test
    void a_live_coordinators_branch_is_left_alone_until_its_deadline_and_a_grace_have_passed() {
        List<ParsedBranch.Ours> scanned = List.of(branch(CURRENT_EPOCH));
        Map<ShardKey, GcMark> marks = Map.of(SHARD.shardKey(), MARK);

        assertThat(plan(DEADLINE + GRACE - 1).commands(scanned, marks, Map.of()))
                .isEmpty();
        assertThat(plan(DEADLINE + GRACE).commands(scanned, marks, Map.of()))
                .containsExactly(new RecoveryCommand.Terminate(branch(CURRENT_EPOCH), MARK));
    }

    @Test
    void without_a_mark_from_before_the_scan_nothing_is_decided() {
        assertThat(plan(DEADLINE + GRACE).commands(List.of(branch(CURRENT_EPOCH)), Map.of(), Map.of()))
                .isEmpty();
    }

    @Test
    void what_this_very_process_is_ending_needs_nobody_else() {
        RecoveryPlan plan = plan(DEADLINE + GRACE, true);
        List<ParsedBranch.Ours> scanned = List.of(branch(CURRENT_EPOCH));

        assertThat(plan.marksToRead(scanned)).isEmpty();
        assertThat(plan.commands(scanned, Map.of(SHARD.shardKey(), MARK), Map.of()))
                .isEmpty();
    }

    @Test
    void only_branches_of_this_cluster_and_this_resource_are_ours() {
        BranchId ours = branch(FENCED_EPOCH).xid();
        BranchId elsewhere = new BranchName(PAYMENTS, 1, 1).in(transaction(FENCED_EPOCH));
        BranchId foreign = new BranchId(42, new byte[] {1}, new byte[] {2});
        GlobalTxId others = new GlobalTxId(new ClusterId(8), SHARD, 1, DEADLINE, new GlobalTxId.Unique(0, 1));

        assertThat(plan(0).ours(
                                ORDERS,
                                List.of(
                                        ours,
                                        elsewhere,
                                        foreign,
                                        ours,
                                        branch(1).branch().in(others))))
                .containsExactly(branch(FENCED_EPOCH));
    }
}
