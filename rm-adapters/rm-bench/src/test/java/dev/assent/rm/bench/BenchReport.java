package dev.assent.rm.bench;

import java.io.PrintStream;
import java.util.Map;

/** What was measured, as text. */
final class BenchReport {
    private BenchReport() {}

    static void print(PrintStream out, Map<Kind, Tally> tallies, long roundTripMicros, BenchEnsemble.Make make) {
        Tally reference = tallies.get(Kind.ATOMIKOS);
        out.printf(
                "%n%-20s %8s %8s %8s %12s %10s %36s%n",
                "median of rounds",
                "tx/s",
                "p50 ms",
                "p99 ms",
                "vs Atomikos",
                "WAL syncs",
                "CPU us/tx: worker/PG/ensemble/nodes");
        tallies.forEach((kind, tally) -> out.printf(
                "%-20s %8.0f %8.2f %8.2f %12s %10.2f %36s%n",
                kind.title(),
                tally.median(RoundResult::perSecond),
                tally.median(RoundResult::medianMicros) / 1e3,
                tally.median(RoundResult::percentile99Micros) / 1e3,
                reference == null ? "-" : String.format("%.2fx", tally.ratioTo(reference)),
                tally.walSyncsPerTransaction(),
                processor(tally)));
        oneBranch(out, tallies);
        limits(out, tallies, roundTripMicros, make);
    }

    private static void oneBranch(PrintStream out, Map<Kind, Tally> tallies) {
        Tally ours = tallies.get(Kind.ONE_BRANCH);
        Tally local = tallies.get(Kind.LOCAL_COMMIT);
        if (ours != null && local != null) {
            out.printf(
                    "%na transaction with one branch takes %.2fx of a local commit (p50 %.2fx)%n",
                    1 / ours.ratioTo(local),
                    ours.median(RoundResult::medianMicros) / local.median(RoundResult::medianMicros));
        }
    }

    private static String processor(Tally tally) {
        return String.format(
                "%.0f/%.0f/%.0f/%.0f",
                tally.microsPerTransaction(tally.usage().worker()),
                tally.microsPerTransaction(tally.usage().databases()),
                tally.microsPerTransaction(tally.usage().ensemble()),
                tally.microsPerTransaction(tally.usage().nodes()));
    }

    private static void limits(
            PrintStream out, Map<Kind, Tally> tallies, long roundTripMicros, BenchEnsemble.Make make) {
        Tally ours = tallies.get(Kind.ASSENT);
        if (ours == null) {
            return;
        }
        int processors = Runtime.getRuntime().availableProcessors();
        double share = ours.processorsBusy();
        out.printf(
                "%nwhat limits us: %.2f WAL syncs a transaction in the two databases, one quorum write in the store"
                        + " (%.2f ms alone, %s), and %d processors that were %.0f%% busy: %s%n",
                ours.walSyncsPerTransaction(),
                roundTripMicros / 1e3,
                make,
                processors,
                share * 100,
                share > 0.85
                        ? "the processors, which workers, databases and ensemble share here"
                        : "waiting for disks, in sequence prepare, decision, commit");
    }
}
