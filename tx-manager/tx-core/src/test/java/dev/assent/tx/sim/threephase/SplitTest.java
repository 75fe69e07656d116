package dev.assent.tx.sim.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Decision;
import dev.assent.tx.sim.threephase.Truth.BranchState;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One schedule, two protocols: the preCommit reaches agent 0 alone, the coordinator dies, and agent 0 is cut off from
 * agents 1 and 2.
 */
class SplitTest {

    private static Schedule cutOff(PaxosFlaw flaw) {
        Schedule schedule = Schedule.preCommitting(flaw, false)
                .deliver("Accept[ballot=Ballot[round=0", 0)
                .crash(3);
        schedule.world().net().side(0, 1);
        schedule.world().net().loseUnreachable();
        return schedule.suspectedBy(0, 1, 2).settle();
    }

    private static List<BranchState> branches(Schedule schedule) {
        return List.of(
                schedule.world().truth().branch(0),
                schedule.world().truth().branch(1),
                schedule.world().truth().branch(2));
    }

    @Test
    void the_textbooks_time_outs_commit_on_one_side_and_roll_back_on_the_other() {
        assertThat(branches(cutOff(PaxosFlaw.ENDS_BY_THE_TEXTBOOK)))
                .containsExactly(BranchState.COMMITTED, BranchState.ROLLED_BACK, BranchState.ROLLED_BACK);
    }

    @Test
    void ours_decides_on_the_side_of_the_majority_and_waits_on_the_other() {
        Schedule schedule = cutOff(PaxosFlaw.NONE);

        assertThat(branches(schedule))
                .containsExactly(BranchState.PREPARED, BranchState.ROLLED_BACK, BranchState.ROLLED_BACK);

        schedule.finish();
        assertThat(branches(schedule)).containsOnly(BranchState.ROLLED_BACK);
    }

    @Test
    void coordinator_nodes_and_store_may_all_be_dead_while_a_majority_of_acceptors_lives() {
        Schedule schedule =
                Schedule.preCommitting(PaxosFlaw.NONE, true).deliver("Accept[ballot=Ballot[round=0", 0, 1, 2);
        schedule.crash(3, 4).world().net().storeDies();

        schedule.suspectedBy(0).settle();

        assertThat(branches(schedule)).containsOnly(BranchState.COMMITTED);
        assertThat(schedule.world().truth().chosen()).containsExactly(Decision.COMMIT);
    }

    @Test
    void a_minority_of_acceptors_decides_nothing_however_often_it_suspects() {
        Schedule schedule = Schedule.preCommitting(PaxosFlaw.NONE, true).deliver("Accept[ballot=Ballot[round=0", 0, 1);
        schedule.crash(2, 3, 4).world().net().loseUnreachable();

        for (int round = 0; round < 100; round++) {
            schedule.suspectedBy(0, 1).settle().step();
        }

        assertThat(branches(schedule).subList(0, 2)).containsOnly(BranchState.PREPARED);
        schedule.finish();
        assertThat(branches(schedule)).containsOnly(BranchState.COMMITTED);
    }
}
