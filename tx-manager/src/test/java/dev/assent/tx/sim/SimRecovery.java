package dev.assent.tx.sim;

import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.Verdict;
import dev.assent.tx.recovery.Evidence;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.recovery.RecoveryPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A recoverer that reads, scans and acts one atomic step at a time, so that anything may happen in between. */
final class SimRecovery {
    private final Flaw flaw;
    private final SimStore store;
    private final ClusterId cluster;
    private final List<SimResource> resources;
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Map<SimResource, List<BranchId>> olderScans = new LinkedHashMap<>();
    private Map<GlobalTxId, DecisionRecord> earlyRecords = new LinkedHashMap<>();
    private EpochCensus census;
    private GcMark mark;
    private Map<GlobalTxId, DecisionRecord> records = new LinkedHashMap<>();

    SimRecovery(Flaw flaw, SimStore store, ClusterId cluster, List<SimResource> resources) {
        this.flaw = flaw;
        this.store = store;
        this.cluster = cluster;
        this.resources = resources;
        this.census = store.census();
        this.mark = store.mark();
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
        while (more) {
            more = step(nowEpochMillis);
        }
    }

    private void planPass(long nowEpochMillis) {
        if (flaw == Flaw.ACKNOWLEDGES_FROM_AN_OLDER_SCAN) {
            resources.forEach(resource -> steps.add(() -> olderScans.put(resource, resource.inDoubt())));
        }
        steps.add(() -> {
            census = store.census();
            earlyRecords = store.records();
        });
        steps.add(() -> census.deadAndUnfenced().forEach(store::fence));
        steps.add(() -> census = flaw == Flaw.PRESUMES_ABORT_BEFORE_FENCING ? pretendFenced() : store.census());
        steps.add(() -> mark = store.mark());
        steps.add(() -> {
            records = flaw == Flaw.READS_RECORDS_BEFORE_FENCING ? earlyRecords : store.records();
            records.keySet().removeIf(id -> !census.isFenced(EpochRef.of(id)));
        });
        steps.add(() -> tidy(nowEpochMillis));
        resources.forEach(resource -> steps.add(() -> scan(resource, nowEpochMillis)));
        steps.add(() -> {});
    }

    private EpochCensus pretendFenced() {
        EpochCensus real = store.census();
        Map<Long, Integer> versions = new LinkedHashMap<>(real.embedded());
        real.deadAndUnfenced().forEach(dead -> versions.put(dead, 1));
        return new EpochCensus(real.highestIncarnation(), new TreeMap<>(versions), real.alive(), real.shards());
    }

    private RecoveryPlan plan(long nowEpochMillis) {
        return new RecoveryPlan(
                new Evidence(cluster, census, Map.of(SimStore.SHARD, mark), records), nowEpochMillis, 0);
    }

    private void tidy(long nowEpochMillis) {
        RecoveryPlan plan = plan(nowEpochMillis);
        plan.deletions().forEach(command -> steps.addFirst(() -> run(command, resources.get(0))));
        if (flaw == Flaw.DELETES_FENCED_ABORT_EARLY) {
            steps.addFirst(() -> records.forEach(this::deleteAbort));
        }
        List<Long> retirable = plan.retirable();
        steps.addFirst(() -> retirable.forEach(store::retire));
    }

    private void deleteAbort(GlobalTxId id, DecisionRecord record) {
        if (record.verdict() == Verdict.ABORT) {
            store.delete(id);
        }
    }

    private void scan(SimResource resource, long nowEpochMillis) {
        List<BranchId> inDoubt = flaw == Flaw.ACKNOWLEDGES_FROM_AN_OLDER_SCAN
                ? olderScans.getOrDefault(resource, List.of())
                : resource.inDoubt();
        plan(nowEpochMillis)
                .forResource(resource.hash(), inDoubt)
                .forEach(command -> steps.addFirst(() -> run(command, resource)));
    }

    private void run(RecoveryCommand command, SimResource resource) {
        try {
            command.accept(new Acts(resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Acts implements RecoveryCommand.Handler {
        private final SimResource resource;

        Acts(SimResource resource) {
            this.resource = resource;
        }

        @Override
        public void commit(RecoveryCommand.Commit command) {
            ParsedBranch.Ours branch = command.branch();
            Completion unused = resource.commit(branch.xid());
            if (command.acknowledge()) {
                steps.addFirst(() -> store.acknowledge(branch.transaction(), Set.of(branch.branch())));
            }
        }

        @Override
        public void rollback(RecoveryCommand.Rollback command) {
            Completion unused = resource.rollback(command.branch().xid());
        }

        @Override
        public void terminate(RecoveryCommand.Terminate command) {
            ParsedBranch.Ours branch = command.branch();
            if (store.abort(branch.transaction(), command.mark()) instanceof AbortResult.Decided decided) {
                boolean committed = decided.record().verdict() == Verdict.COMMIT;
                steps.addFirst(() -> {
                    Completion unused = committed ? resource.commit(branch.xid()) : resource.rollback(branch.xid());
                    if (flaw == Flaw.DELETES_ABORT_EARLY && !committed) {
                        store.delete(branch.transaction());
                    }
                });
            }
        }

        @Override
        public void acknowledge(RecoveryCommand.Acknowledge command) {
            store.acknowledge(command.transaction(), command.ended());
        }

        @Override
        public void delete(RecoveryCommand.Delete command) {
            command.transactions().forEach(store::delete);
        }
    }
}
