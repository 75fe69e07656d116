package dev.assent.coordination.tree.bench;

import com.sun.management.ThreadMXBean;
import dev.assent.coordination.tree.ExpiringSessions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints what it costs when many sessions with an ephemeral znode each end at once, and how that grows: this thread's
 * processor time, which others on the machine do not add to, and what it allocates. Numbers take turns, so that all are
 * measured with the same compiled code and at the same time.
 */
public final class ExpiryBench {
    private static final int SESSIONS_MIN = 2_000;
    private static final int SESSIONS_MAX = 32_000;
    private static final int WARM_UP_ROUNDS = 8;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ExpiryBench() {}

    private record Cost(double millis, long bytes) {}

    /** The argument is how often each number of sessions is measured; medians are printed. */
    public static void main(String[] args) {
        int rounds = args.length == 0 ? 9 : Integer.parseInt(args[0]);
        Map<Integer, List<Cost>> costs = new TreeMap<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
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
    }

    private static Cost measure(int count) {
        ExpiringSessions sessions = new ExpiringSessions(count);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        sessions.expire();
        return new Cost(
                (THREADS.getCurrentThreadCpuTime() - nanos) / 1e6, THREADS.getCurrentThreadAllocatedBytes() - bytes);
    }

    private static double print(int sessions, List<Cost> costs, double halfMillis) {
        List<Double> millis = new ArrayList<>();
        costs.forEach(cost -> millis.add(cost.millis()));
        Collections.sort(millis);
        double median = millis.get(millis.size() / 2);
        System.out.printf(
                Locale.ROOT,
                "%6d sessions: %7.2f ms (%.2f to %.2f), %4.0f ns and %d B a session%s%n",
                sessions,
                median,
                millis.get(0),
                millis.get(millis.size() - 1),
                median * 1e6 / sessions,
                costs.get(0).bytes() / sessions,
                halfMillis == 0 ? "" : String.format(Locale.ROOT, "; %.2f times half of them", median / halfMillis));
        return median;
    }
}
