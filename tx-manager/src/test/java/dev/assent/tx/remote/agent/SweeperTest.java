package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.testing.ToyResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private static final long DEADLINE = 1_000;
    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, DEADLINE, new GlobalTxId.Unique(0, 1));
    private static final GlobalTxId OTHER =
            new GlobalTxId(ID.cluster(), ID.key(), ID.epoch(), DEADLINE, new GlobalTxId.Unique(0, 2));
    private static final Outcome UNKNOWN = new Outcome.Unknown("nobody knows");

    private final LocalParts parts = new LocalParts(10);
    private final ToyResource orders = new ToyResource("orders");
    private final List<Outcome> heard = new ArrayList<>();
    private final List<GlobalTxId> asked = new ArrayList<>();
    private Outcome answer = UNKNOWN;
    private long now = 1;
    private final Sweeper sweeper = new Sweeper(
            parts,
            new NodeDirectory(),
            id -> {
                asked.add(id);
                return answer;
            },
            () -> now);

    private LocalPart openPart() {
        LocalPart part = parts.open(ID);
        part.onCompletion(heard::add);
        return part;
    }

    private BranchRun prepared(LocalPart part) {
        BranchRun run = new BranchRun(new BranchId(BranchId.FORMAT_ID, ID.toBytes(), new byte[] {1}), orders);
        assertThat(part.add(run)).isTrue();
        assertThat(run.prepare(Optional.empty())).isNotNull();
        return run;
    }

    @Test
    void a_transaction_under_way_is_left_alone() {
        openPart();

        sweeper.sweep();

        assertThat(asked).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void a_part_that_ended_unknown_hears_the_real_outcome_as_soon_as_somebody_knows() {
        LocalPart part = openPart();
        BranchRun branch = prepared(part);
        parts.ended(ID, UNKNOWN);

        sweeper.sweep();
        assertThat(heard).isEmpty();

        answer = new Outcome.Committed();
        sweeper.sweep();

        assertThat(heard).containsExactly(new Outcome.Committed());
        assertThat(branch.hasEnded()).isTrue();
        assertThat(orders.calls()).containsExactly("prepare", "commit");
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void a_listener_without_a_branch_hears_the_real_outcome_too() {
        openPart();
        now = DEADLINE;
        answer = new Outcome.RolledBack("expired");

        sweeper.sweep();

        assertThat(heard).containsExactly(answer);
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void unknown_is_told_only_when_the_store_is_not_bound_to_remember_any_more() {
        openPart();

        now = DEADLINE + Sweeper.ASKED_PAST_DEADLINE_MILLIS - 1;
        sweeper.sweep();
        assertThat(heard).isEmpty();

        now++;
        sweeper.sweep();
        assertThat(heard).containsExactly(UNKNOWN);
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void a_prepared_branch_is_never_given_up() {
        LocalPart part = openPart();
        BranchRun branch = prepared(part);

        now = DEADLINE + 100 * Sweeper.ASKED_PAST_DEADLINE_MILLIS;
        sweeper.sweep();

        assertThat(branch.isPrepared()).isTrue();
        assertThat(heard).isEmpty();
        assertThat(parts.all()).containsExactly(part);
    }

    @Test
    void a_mixed_outcome_is_told_and_leaves_a_prepared_branch_to_its_coordinator() {
        BranchRun branch = prepared(openPart());
        now = DEADLINE;
        answer = new Outcome.HeuristicMixed("payments decided by itself");

        sweeper.sweep();

        assertThat(heard).containsExactly(answer);
        assertThat(branch.isPrepared()).isTrue();
    }

    @Test
    void locks_are_freed_everywhere_before_anybody_is_asked() {
        work(openPart());
        work(parts.open(OTHER));
        List<List<String>> callsWhenAsked = new ArrayList<>();
        Sweeper asking = new Sweeper(
                parts,
                new NodeDirectory(),
                id -> {
                    callsWhenAsked.add(orders.calls());
                    return UNKNOWN;
                },
                () -> DEADLINE);

        asking.sweep();

        assertThat(callsWhenAsked.get(0)).containsExactly("rollback", "rollback");
    }

    private void work(LocalPart part) {
        BranchId branch = new BranchId(BranchId.FORMAT_ID, part.id().toBytes(), new byte[] {2});
        assertThat(part.add(new BranchRun(branch, orders))).isTrue();
    }

    @Test
    void a_part_that_nobody_waits_for_is_dropped_unasked() {
        parts.open(ID);
        now = DEADLINE;

        sweeper.sweep();

        assertThat(asked).isEmpty();
        assertThat(parts.all()).isEmpty();
    }
}
