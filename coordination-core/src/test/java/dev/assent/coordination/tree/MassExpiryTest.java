package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.WriteOp;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What it costs when very many sessions end at once, with all their ends under way together. Bytes allocated stand for
 * the work: unlike time they do not depend on what else the machine does.
 */
class MassExpiryTest {
    private static final double RATIO_MAX = 2.3;
    /** As many as a leader ends in one transaction. */
    private static final int TOGETHER = 200;

    private static final int ROUNDS = 3;
    private static final int FEW = 2_000;
    private static final int SESSIONS_MIN = 4_000;
    private static final int SESSIONS_MAX = 32_000;

    @Test
    void ending_twice_as_many_sessions_costs_twice_as_much() {
        long before = costOfExpiring(SESSIONS_MIN);
        for (int sessions = 2 * SESSIONS_MIN; sessions <= SESSIONS_MAX; sessions *= 2) {
            long cost = costOfExpiring(sessions);
            assertThat((double) cost / before)
                    .as("the cost of %d against that of half of them", sessions)
                    .isLessThan(RATIO_MAX);
            before = cost;
        }
    }

    /** In processor time of this thread: of an eighth, 64 times as much would be needed if each looked at all others. */
    @Test
    void nothing_is_looked_through_for_each_session_that_ends() {
        long unused = cpuNanosOfExpiring(FEW) + cpuNanosOfExpiring(FEW); // compiled by now

        assertThat(cpuNanosOfExpiring(8 * FEW)).isLessThan(3 * 8 * cpuNanosOfExpiring(FEW));
    }

    private static long cpuNanosOfExpiring(int count) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            ExpiringSessions sessions = new ExpiringSessions(count);
            long start = thread.getCurrentThreadCpuTime();
            sessions.expire(TOGETHER);
            best = Math.min(best, thread.getCurrentThreadCpuTime() - start);
        }
        return best;
    }

    @Test
    void a_session_ends_with_its_ephemerals_of_before_and_of_what_is_under_way_and_no_others() {
        ExpiringSessions store = new ExpiringSessions(0);
        SessionId mine = store.open(1);
        SessionId others = store.open(2);
        store.create(mine, "/committed", 1);
        store.create(mine, "/deleted", 1);
        store.deliverAll();

        store.create(mine, "/under-way", 1);
        store.create(others, "/of-another", 1);
        store.create(mine, "/persistent", 0);
        store.propose(store.preparer().prepare(store.header(mine), List.of(), new WriteOp.Delete("/deleted", -1)));
        store.create(others, "/deleted", 1);
        store.propose(
                store.preparer().prepare(store.header(mine), List.of(), new WriteOp.SetData("/under-way", null, -1)));
        store.propose(store.preparer().closeSession(store.header(mine)));

        assertThat(store.exists(others, "/committed")).isFalse();
        assertThat(store.exists(others, "/under-way")).isFalse();
        assertThat(store.exists(others, "/persistent")).isTrue();
        assertThat(store.exists(others, "/of-another")).isTrue();
        assertThat(store.exists(others, "/deleted")).isTrue();
        store.deliverAll();
        assertThat(store.tree().find("/deleted").orElseThrow().ephemeralOwner()).isEqualTo(others.value());
    }

    private static long costOfExpiring(int count) {
        ExpiringSessions sessions = new ExpiringSessions(count);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadAllocatedBytes();
        sessions.expire(TOGETHER);
        return thread.getCurrentThreadAllocatedBytes() - start;
    }
}
