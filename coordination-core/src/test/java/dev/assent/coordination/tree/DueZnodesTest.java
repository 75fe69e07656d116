package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.CreateMode;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DueZnodesTest {
    private record Due(long millis, ZnodePath path) {}

    private static final Comparator<Due> ORDER =
            Comparator.comparingLong(Due::millis).thenComparing(Due::path);

    @Test
    void holds_what_a_sorted_set_holds_after_any_changes() {
        Random random = new Random(7);
        TreeSet<Due> model = new TreeSet<>(ORDER);
        DueZnodes znodes = DueZnodes.NONE;
        for (int step = 0; step < 20_000; step++) {
            Due due = new Due(random.nextInt(20), new ZnodePath("/n" + random.nextInt(50)));
            boolean removes = random.nextInt(100) < (step < 10_000 ? 40 : 60);
            znodes = removes ? znodes.without(due.millis, due.path) : znodes.with(due.millis, due.path);
            boolean unused = removes ? model.remove(due) : model.add(due);
            long now = random.nextInt(20);
            int limit = 1 + random.nextInt(30);

            assertThat(znodes.due(now, limit)).isEqualTo(expected(model, now, limit));
        }
        assertThat(znodes.due(Long.MAX_VALUE, Integer.MAX_VALUE))
                .isEqualTo(expected(model, Long.MAX_VALUE, Integer.MAX_VALUE));
    }

    private static List<ZnodePath> expected(SortedSet<Due> model, long now, int limit) {
        return model.stream()
                .filter(due -> due.millis <= now)
                .limit(limit)
                .map(Due::path)
                .toList();
    }

    @Test
    void entries_in_order_make_no_deep_recursion() {
        DueZnodes znodes = DueZnodes.NONE;
        for (int i = 0; i < 200_000; i++) {
            znodes = znodes.with(i, ZnodePath.ROOT);
        }

        assertThat(znodes.due(199_999, Integer.MAX_VALUE)).hasSize(200_000);
    }

    /** In processor time of this thread, which does not depend on what else the machine does. */
    @Test
    void containers_in_use_and_times_that_have_not_come_cost_nothing_to_look_for_what_is_due() {
        DataTree small = oneAbandonedAmong(20);
        DataTree large = oneAbandonedAmong(20_000);
        long unused = cpuNanosOfLooks(small) + cpuNanosOfLooks(large); // compiled by now

        assertThat(cpuNanosOfLooks(large)).isLessThan(20 * cpuNanosOfLooks(small));
    }

    private static DataTree oneAbandonedAmong(int containers) {
        History history = new History();
        for (int i = 0; i < containers; i++) {
            history.write(create("/c" + i, CreateMode.CONTAINER));
            history.write(create("/c" + i + "/x", CreateMode.PERSISTENT));
            history.write(
                    new WriteOp.Create("/t" + i, null, Acl.OPEN, CreateMode.PERSISTENT_WITH_TTL.flag(), 1_000_000));
        }
        history.write(new WriteOp.Delete("/c7/x", WriteOp.ANY_VERSION));
        return history.tree();
    }

    private static long cpuNanosOfLooks(DataTree tree) {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long start = thread.getCurrentThreadCpuTime();
            for (int look = 0; look < 500; look++) {
                assertThat(tree.due(1, 100).size()).isOne();
            }
            best = Math.min(best, thread.getCurrentThreadCpuTime() - start);
        }
        return best;
    }

    @Test
    void a_restored_tree_knows_what_is_due() throws IOException {
        History history = new History();
        history.write(create("/c", CreateMode.CONTAINER));
        history.write(create("/c/e", CreateMode.EPHEMERAL));
        history.write(create("/fresh", CreateMode.CONTAINER));
        history.close(History.SESSION);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotCodec.write(history.tree(), bytes);

        DataTree restored = SnapshotCodec.read(new ByteArrayInputStream(bytes.toByteArray()));

        assertThat(restored.due(1, 100)).containsExactly(new ZnodePath("/c"));
        assertThat(history.tree().due(1, 100)).containsExactly(new ZnodePath("/c"));
    }

    private static WriteOp create(String path, CreateMode mode) {
        return new WriteOp.Create(path, null, Acl.OPEN, mode.flag());
    }
}
