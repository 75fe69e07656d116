package dev.assent.rm.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** One contender's rounds and what they used up. */
final class Tally {
    private final List<RoundResult> rounds = new ArrayList<>();
    private long transactions;
    private long walSyncs;
    private Usage usage = Usage.NONE;
    private double processorsBusy;

    /** Processor time of the worker, of the databases, of the ensemble and of the coordinator nodes. */
    record Usage(Duration worker, Duration databases, Duration ensemble, Duration nodes) {
        static final Usage NONE = new Usage(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

        Usage plus(Usage other) {
            return new Usage(
                    worker.plus(other.worker),
                    databases.plus(other.databases),
                    ensemble.plus(other.ensemble),
                    nodes.plus(other.nodes));
        }

        Usage minus(Usage other) {
            return new Usage(
                    worker.minus(other.worker),
                    databases.minus(other.databases),
                    ensemble.minus(other.ensemble),
                    nodes.minus(other.nodes));
        }
    }

    /** @param busy the share of all processors that anything used during the round, the kernel's own work included */
    void add(RoundResult round, long syncs, Usage used, double busy) {
        rounds.add(round);
        transactions += round.transactions();
        walSyncs += syncs;
        usage = usage.plus(used);
        processorsBusy += busy;
    }

    double median(ToDoubleFunction<RoundResult> value) {
        return middle(rounds.stream().mapToDouble(value));
    }

    /** Throughput beside another's: the median over rounds, each against the other's of the same minute. */
    double ratioTo(Tally other) {
        return middle(IntStream.range(0, Math.min(rounds.size(), other.rounds.size()))
                .mapToDouble(
                        i -> rounds.get(i).perSecond() / other.rounds.get(i).perSecond()));
    }

    private static double middle(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double walSyncsPerTransaction() {
        return walSyncs / (double) Math.max(1, transactions);
    }

    /** Microseconds of processor a transaction. */
    double microsPerTransaction(Duration used) {
        return used.toNanos() / 1e3 / Math.max(1, transactions);
    }

    Usage usage() {
        return usage;
    }

    double processorsBusy() {
        return processorsBusy / Math.max(1, rounds.size());
    }
}
