package dev.assent.tx.admin;

import dev.assent.tx.model.Outcome;
import java.util.concurrent.atomic.LongAdder;

/** Counts since the start of the process. Thread-safe. */
public final class TransactionMetrics {
    private final LongAdder begun = new LongAdder();
    private final LongAdder committed = new LongAdder();
    private final LongAdder rolledBack = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder heuristic = new LongAdder();
    private final LongAdder recoveredCommits = new LongAdder();
    private final LongAdder recoveredRollbacks = new LongAdder();
    private final LongAdder recoveryFailures = new LongAdder();
    private final LongAdder epochsFenced = new LongAdder();
    private final LongAdder branchesLeftAlone = new LongAdder();

    /** All counts at about one moment. */
    public record Snapshot(
            long begun,
            long committed,
            long rolledBack,
            long unknown,
            long heuristic,
            long recoveredCommits,
            long recoveredRollbacks,
            long recoveryFailures,
            long epochsFenced,
            long branchesLeftAlone,
            long znodesSetAside) {}

    /** {@code znodesSetAside}: how often a znode was met that nobody can read, as whoever reads the store knows. */
    public Snapshot snapshot(long znodesSetAside) {
        return new Snapshot(
                begun.sum(),
                committed.sum(),
                rolledBack.sum(),
                unknown.sum(),
                heuristic.sum(),
                recoveredCommits.sum(),
                recoveredRollbacks.sum(),
                recoveryFailures.sum(),
                epochsFenced.sum(),
                branchesLeftAlone.sum(),
                znodesSetAside);
    }

    public void transactionBegun() {
        begun.increment();
    }

    /** Counts what a caller was told. */
    public void answered(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            committed.increment();
        } else if (outcome instanceof Outcome.RolledBack) {
            rolledBack.increment();
        } else if (outcome instanceof Outcome.Unknown) {
            unknown.increment();
        } else {
            heuristic.increment();
        }
    }

    public void branchRecoveredByCommit() {
        recoveredCommits.increment();
    }

    public void branchRecoveredByRollback() {
        recoveredRollbacks.increment();
    }

    public void recoveryFailed() {
        recoveryFailures.increment();
    }

    public void epochFenced() {
        epochsFenced.increment();
    }

    /** A branch in doubt whose decision cannot be read; counted at each pass that meets it. */
    public void branchLeftAlone() {
        branchesLeftAlone.increment();
    }
}
