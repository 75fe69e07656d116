package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.recovery.GarbagePlan;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.recovery.RecoveryPlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A recoverer that fences, scans, terminates and tidies one atomic step at a time, in production's order, so that
 * anything may happen in between.
 */
final class SimTerminator {
    private final PointFlaw flaw;
    private final ClusterId cluster;
    private final SimEpochs epochs;
    private final Map<ResourceName.Hash, SimDatabase> databases;
    private final Predicate<GlobalTxId> decided;
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Map<ResourceName.Hash, Set<GlobalTxId>> olderScans = new LinkedHashMap<>();
    private EpochCensus census;

    SimTerminator(
            PointFlaw flaw,
            ClusterId cluster,
            SimEpochs epochs,
            List<SimDatabase> databases,
            Predicate<GlobalTxId> decided) {
        this.flaw = flaw;
        this.cluster = cluster;
        this.epochs = epochs;
        this.databases = databases.stream()
                .collect(Collectors.toMap(SimDatabase::hash, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        this.decided = decided;
        this.census = epochs.census();
    }

    /** One more step, beginning a new pass when the last one is over. Returns false at the end of a pass. */
    boolean step(long nowEpochMillis) {
        if (steps.isEmpty()) {
            planPass(nowEpochMillis);
        }
        steps.removeFirst().run();
        return !steps.isEmpty();
    }

    void pass(long nowEpochMillis) {
        boolean more = true;
        for (int step = 0; more; step++) {
            if (step > 5_000) {
                throw new PointViolation("recovery waits for ever");
            }
            more = step(nowEpochMillis);
        }
    }

    private void planPass(long now) {
        if (flaw == PointFlaw.RECOVERY_TAKES_AN_OLDER_SCAN) {
            databases.values().forEach(database -> steps.add(() -> olderScans.put(database.hash(), scan(database))));
        }
        steps.add(() -> census = epochs.census());
        steps.add(() -> census.deadAndUnfenced().forEach(epochs::fence));
        steps.add(() -> census = epochs.census());
        databases.values().forEach(database -> steps.add(() -> new Pass(database, now).begin()));
        databases.values().forEach(table -> steps.add(() -> new Tidying(table, now).begin()));
        steps.add(() -> census.fenced().forEach(epochs::retire));
    }

    private SimDatabase database(ResourceName.Hash hash) {
        return Objects.requireNonNull(databases.get(hash), "every database is known");
    }

    private Set<GlobalTxId> scan(SimDatabase database) {
        return database.inDoubt().stream()
                .map(branch -> GlobalTxId.fromBytes(branch.gtrid()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** One pass over the branches of one database. */
    private final class Pass implements RecoveryCommand.Handler {
        private final SimDatabase database;
        private final RecoveryPlan plan;

        Pass(SimDatabase database, long now) {
            this.database = database;
            this.plan = new RecoveryPlan(cluster, census, new RecoveryPlan.Timing(now, 0, id -> false));
        }

        void begin() {
            List<ParsedBranch.Ours> ours = plan.ours(database.hash(), database.inDoubt());
            plan.commands(ours, Map.of(), Map.of()).forEach(command -> steps.addFirst(() -> command.accept(this)));
        }

        @Override
        public void terminateAtPoint(RecoveryCommand.TerminateAtPoint command) {
            GlobalTxId id = command.branch().transaction();
            SimDatabase table = database(id.commitPoint().orElseThrow());
            Optional<Decision> row = flaw == PointFlaw.TERMINATOR_SELECTS
                    ? Optional.of(table.look(id).row().orElse(Decision.ABORT))
                    : table.insertAbort(id);
            if (row.isEmpty()) {
                steps.addLast(() -> terminateAtPoint(command)); // it waits for a transaction that inserts
                return;
            }
            table.trace().effect("terminate");
            steps.addFirst(() -> obey(command.branch(), row.get(), table));
        }

        private void obey(ParsedBranch.Ours branch, Decision row, SimDatabase table) {
            boolean isDecided = decided.test(branch.transaction());
            if (row == Decision.COMMIT && flaw != PointFlaw.TERMINATOR_DOES_NOT_OBEY) {
                Completion unused = database.commit(branch.xid(), isDecided);
            } else {
                Completion unused = database.rollback(branch.xid(), isDecided);
            }
            if (flaw == PointFlaw.TERMINATOR_DELETES_ITS_ABORT) {
                table.deleteAbort(branch.transaction());
            }
        }

        @Override
        public void terminateAtAcceptors(RecoveryCommand.TerminateAtAcceptors command) {
            throw new PointViolation("no acceptors decide here: " + command);
        }

        @Override
        public void commit(RecoveryCommand.Commit command) {
            throw new PointViolation("no record is in the store: " + command);
        }

        @Override
        public void rollback(RecoveryCommand.Rollback command) {
            throw new PointViolation("no record is in the store: " + command);
        }

        @Override
        public void terminate(RecoveryCommand.Terminate command) {
            throw new PointViolation("no record is in the store: " + command);
        }

        @Override
        public void leaveAlone(RecoveryCommand.LeaveAlone command) {
            throw new PointViolation("every row can be read: " + command);
        }
    }

    /** Deletes rows of one table that nobody needs: list, scan, delete. */
    private final class Tidying {
        private final SimDatabase table;
        private final long now;
        private final GarbagePlan plan = new GarbagePlan();

        Tidying(SimDatabase table, long now) {
            this.table = table;
            this.now = now;
        }

        void begin() {
            Map<GlobalTxId, RecordRead> due = new LinkedHashMap<>();
            table.rows(Decision.COMMIT).forEach((id, others) -> {
                if (isDue(id, PointFlaw.RECOVERY_DELETES_IN_A_LIVE_EPOCH)) {
                    due.put(id, record(Decision.COMMIT, others));
                }
            });
            table.rows(Decision.ABORT).keySet().forEach(id -> {
                if (isDue(id, PointFlaw.DELETES_ABORT_IN_A_LIVE_EPOCH)) {
                    due.put(id, record(Decision.ABORT, List.of()));
                }
            });
            plan.read(due);
            steps.addFirst(this::delete);
            plan.questions().forEach((resource, asked) -> steps.addFirst(() -> ask(resource, asked)));
        }

        private boolean isDue(GlobalTxId id, PointFlaw wherever) {
            return GarbagePlan.isDue(id, census, now) || flaw == wherever;
        }

        private RecordRead record(Decision decision, List<BranchName> others) {
            return new RecordRead.Found(new DecisionRecord(
                    decision, flaw == PointFlaw.RECOVERY_DELETES_WITHOUT_A_SCAN ? List.of() : others));
        }

        private void ask(ResourceName.Hash resource, Set<GlobalTxId> asked) {
            Set<GlobalTxId> inDoubt = flaw == PointFlaw.RECOVERY_TAKES_AN_OLDER_SCAN
                    ? olderScans.getOrDefault(resource, Set.of())
                    : scan(database(resource));
            plan.answered(resource, asked, inDoubt);
        }

        private void delete() {
            plan.deletable(Integer.MAX_VALUE).values().forEach(table::delete);
        }
    }
}
