package dev.assent.rm.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One contender's rounds and what they used up. */
final class Tally {
    private final List<RoundResult> rounds = new ArrayList<>();
    private long transactions;
    private long walSyncs;
    private Usage usage = Usage.NONE;

    /** Processor time of the worker, of the databases and of the ensemble. */
    record Usage(Duration worker, Duration databases, Duration ensemble) {
        static final Usage NONE = new Usage(Duration.ZERO, Duration.ZERO, Duration.ZERO);

        Usage plus(Usage other) {
            return new Usage(worker.plus(other.worker), databases.plus(other.databases), ensemble.plus(other.ensemble));
        }

        Usage minus(Usage other) {
            return new Usage(
                    worker.minus(other.worker), databases.minus(other.databases), ensemble.minus(other.ensemble));
        }

        Duration total() {
            return worker.plus(databases).plus(ensemble);
        }
    }

    void add(RoundResult round, long syncs, Usage used) {
        rounds.add(round);
        transactions += round.transactions();
        walSyncs += syncs;
        usage = usage.plus(used);
    }

    double median(ToDoubleFunction<RoundResult> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
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

    /** The share of all processors that was in use during the rounds. */
    double processorShare(int processors) {
        double wall = rounds.stream().mapToDouble(round -> round.micros() * 1e3).sum();
        return usage.total().toNanos() / (wall * processors);
    }
}
