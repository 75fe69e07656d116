package dev.assent.coordination.server.ordering;

import com.sun.management.ThreadMXBean;
import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.ExpiringSessions;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnCodec;
import dev.assent.invariants.Invariants;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command. What it prints is this thread's processor time: neither other processes nor collector and compiler add to it. What these do
 * to it nevertheless is kept out. Whoever is silent has not been touched for seconds, so the processor's caches are filled with
 * something else first, whatever the number: otherwise few sessions would be found there, and many not. The heap is
 * collected before, and a repetition during which a collection ran does not count. Numbers take turns.
 */
@Command(
        name = "expiry-bench",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "What it costs a leader when many sessions with an ephemeral znode each are silent for too long, and how that",
            "grows: judging them, proposing their ends, encoding and applying those. Medians are printed."
        })
public final class ExpiryBench implements Callable<Integer> {
    private static final int SESSIONS_MIN = 2_000;
    private static final int SESSIONS_MAX = 32_000;
    private static final int WARM_UP_ROUNDS = 20;
    private static final int TICK_MILLIS = 2_000;
    private static final int LOOP_MILLIS = 10;
    private static final ServerId SELF = new ServerId(1);
    private static final SessionPassword PASSWORD = new SessionPassword(new byte[SessionPassword.SIZE]);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();
    /** More than the processor keeps to itself. */
    private static final long[] SOMETHING_ELSE = new long[8 << 20];

    @Option(
            names = "--rounds",
            description = "How often each number of sessions is measured. Default: ${DEFAULT-VALUE}.")
    private int rounds = 15;

    private record Cost(double millis, long bytes, boolean disturbed) {}

    public static void main(String[] arguments) {
        Commands.run(ExpiryBench::new, arguments);
    }

    @Override
    public Integer call() throws SettingsException {
        if (rounds < 1) {
            throw new SettingsException("--rounds is at least 1, not " + rounds);
        }
        Map<Integer, List<Cost>> costs = new TreeMap<>();
        long compiled = 0;
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            if (round == 0) {
                compiled = compiledMillis();
            }
            for (int sessions = SESSIONS_MIN; sessions <= SESSIONS_MAX; sessions *= 2) {
                Cost cost = measure(sessions);
                if (round >= 0) {
                    costs.computeIfAbsent(sessions, first -> new ArrayList<>()).add(cost);
                }
            }
        }
        double half = 0;
        for (Map.Entry<Integer, List<Cost>> entry : costs.entrySet()) {
            half = print(entry.getKey(), entry.getValue(), half);
        }
        System.out.printf("compilers ran for %d ms meanwhile%n", compiledMillis() - compiled);
        return ExitCode.OK;
    }

    private static long compiledMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    private static long collections() {
        return COLLECTORS.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static Cost measure(int sessions) {
        DataTree tree = new ExpiringSessions(sessions).tree();
        int quietTicks = new Leader(tree).ticksUntilSomeAreSilent() - 1;
        Leader leader = new Leader(tree);
        leader.tick(quietTicks);
        System.gc();
        Arrays.fill(SOMETHING_ELSE, sessions);
        long collections = collections();
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        leader.expireAll();
        return new Cost(
                (THREADS.getCurrentThreadCpuTime() - nanos) / 1e6,
                THREADS.getCurrentThreadAllocatedBytes() - bytes,
                collections() > collections);
    }

    private static double print(int sessions, List<Cost> costs, double halfMillis) {
        List<Double> millis = new ArrayList<>();
        costs.stream().filter(cost -> !cost.disturbed()).forEach(cost -> millis.add(cost.millis()));
        Invariants.check(!millis.isEmpty(), "a collection ran in every repetition with %s sessions", sessions);
        Collections.sort(millis);
        double median = millis.get(millis.size() / 2);
        System.out.printf(
                Locale.ROOT,
                "%6d sessions: %7.2f ms (%.2f to %.2f, %d of %d undisturbed), %4.0f ns and %d B a session%s%n",
                sessions,
                median,
                millis.get(0),
                millis.get(millis.size() - 1),
                millis.size(),
                costs.size(),
                median * 1e6 / sessions,
                costs.get(0).bytes() / sessions,
                halfMillis == 0 ? "" : String.format(Locale.ROOT, "; %.2f times half of them", median / halfMillis));
        return median;
    }

    /** A leader's part in it, with a clock of its own; what it proposes is committed when nothing more is. */
    private static final class Leader implements Primary.Context, Clock {
        private final Queue<Txn> underWay = new ArrayDeque<>();
        private final Primary primary;
        private DataTree tree;
        private Zxid last;
        private long nowMillis;
        private long encodedBytes;

        Leader(DataTree tree) {
            this.tree = tree;
            this.last = tree.zxid();
            OrderingConfig setting = new OrderingConfig(
                    SELF, TICK_MILLIS, TICK_MILLIS / 16, new Majority(List.of(SELF)), this, () -> PASSWORD, 0);
            this.primary = new Primary(this, setting, new Epoch(2));
        }

        int ticksUntilSomeAreSilent() {
            int ticks = 0;
            while (underWay.isEmpty()) {
                tick(1);
                ticks++;
            }
            return ticks;
        }

        void expireAll() {
            while (tree.sessionCount() > 0) {
                int before = underWay.size();
                tick(1);
                if (underWay.size() == before) {
                    commitAll();
                }
            }
        }

        void tick(int times) {
            for (int i = 0; i < times; i++) {
                nowMillis += LOOP_MILLIS;
                primary.tick();
            }
        }

        private void commitAll() {
            for (Txn txn = underWay.poll(); txn != null; txn = underWay.poll()) {
                last = last.next();
                tree = tree.apply(last, txn).tree();
                primary.applied(txn);
            }
        }

        @Override
        public void propose(Txn txn) {
            encodedBytes += TxnCodec.encode(txn).size();
            underWay.add(txn);
        }

        @Override
        public boolean hasRoom() {
            return encodedBytes >= 0;
        }

        @Override
        public void tell(ServerId to, ServerMessage message) {
            throw new IllegalStateException("nobody asks: " + message);
        }

        @Override
        public DataTree tree() {
            return tree;
        }

        @Override
        public long monotonicMillis() {
            return nowMillis;
        }

        @Override
        public long epochMillis() {
            return nowMillis;
        }
    }
}
