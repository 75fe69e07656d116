package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotScheduleTest {
    private static final int EVERY = 100_000;

    /** After how many transactions each of the member's snapshots is due. */
    private static List<Integer> snapshots(int member, int transactions, int bytesEach, long everyBytes) {
        SnapshotSchedule schedule = new SnapshotSchedule(
                new ReplicaConfig.SnapshotPolicy(EVERY, everyBytes, 3), new SplittableRandom(member));
        List<Integer> due = new ArrayList<>();
        for (int txn = 1; txn <= transactions; txn++) {
            schedule.applied(bytesEach);
            if (schedule.isDue()) {
                due.add(txn);
                schedule.restart();
            }
        }
        return due;
    }

    @Test
    void members_take_their_snapshots_at_different_transactions() {
        Set<Integer> all = new HashSet<>();
        int count = 0;
        for (int member = 1; member <= 5; member++) {
            List<Integer> own = snapshots(member, 20 * EVERY, 10, Long.MAX_VALUE);
            all.addAll(own);
            count += own.size();
        }

        assertThat(all).hasSize(count);
    }

    @Test
    void no_two_snapshots_are_further_apart_than_the_policy_says_nor_closer_than_half_of_that() {
        for (int member = 1; member <= 5; member++) {
            int last = 0;
            for (int at : snapshots(member, 20 * EVERY, 10, Long.MAX_VALUE)) {
                assertThat(at - last).isBetween(EVERY / 2, EVERY);
                last = at;
            }
            assertThat(snapshots(member, 1_000, 1_000, 100_000).get(0)).isBetween(50, 100);
        }
    }

    @Test
    void a_member_keeps_its_times_through_restarts() {
        assertThat(snapshots(3, 5 * EVERY, 10, Long.MAX_VALUE)).isEqualTo(snapshots(3, 5 * EVERY, 10, Long.MAX_VALUE));
    }
}
