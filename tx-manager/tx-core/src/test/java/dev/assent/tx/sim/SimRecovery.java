package dev.assent.tx.sim;

import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.recovery.RecoveryPlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A recoverer that fences, marks, scans, reads and acts one atomic step at a time, in production's order, so that
 * anything may happen in between. It also collects, as whoever holds that role would.
 */
final class SimRecovery {
    private final Flaw flaw;
    private final SimStore store;
    private final ClusterId cluster;
    private final List<SimResource> resources;
    private final SimCollector collector;
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Map<SimResource, List<BranchId>> olderScans = new LinkedHashMap<>();
    private Map<GlobalTxId, RecordRead> earlyRecords = Map.of();
    private EpochCensus census;

    SimRecovery(Flaw flaw, SimStore store, ClusterId cluster, List<SimResource> resources) {
        this.flaw = flaw;
        this.store = store;
        this.cluster = cluster;
        this.resources = resources;
        this.collector = new SimCollector(flaw, store);
        this.census = store.census();
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
        if (flaw == Flaw.ANSWERS_FROM_AN_OLDER_SCAN) {
            resources.forEach(resource -> steps.add(() -> olderScans.put(resource, resource.inDoubt())));
        }
        steps.add(() -> {
            census = store.census();
            earlyRecords = store.read(store.records().keySet());
        });
        steps.add(() -> census.deadAndUnfenced().forEach(store::fence));
        steps.add(() -> census = flaw == Flaw.PRESUMES_ABORT_BEFORE_FENCING ? pretendFenced() : store.census());
        steps.add(() -> collector.steps(census, nowEpochMillis).forEach(steps::addFirst));
        resources.forEach(resource -> steps.add(() -> new Pass(resource, nowEpochMillis).begin()));
        steps.add(() -> {});
    }

    private EpochCensus pretendFenced() {
        EpochCensus real = store.census();
        Map<Long, Integer> versions = new LinkedHashMap<>(real.embedded());
        real.deadAndUnfenced().forEach(dead -> versions.put(dead, 1));
        return new EpochCensus(real.highestIncarnation(), new TreeMap<>(versions), real.alive(), real.shards());
    }

    /** One pass over one resource: question, marks, scan, records, commands, answer. */
    private final class Pass implements RecoveryCommand.Handler {
        private final SimResource resource;
        private final RecoveryPlan plan;
        private final Map<ShardKey, GcMark> marks = new LinkedHashMap<>();
        private Optional<SimStore.Question> question = Optional.empty();

        Pass(SimResource resource, long nowEpochMillis) {
            this.resource = resource;
            this.plan = new RecoveryPlan(cluster, census, new RecoveryPlan.Timing(nowEpochMillis, 0, id -> false));
        }

        void begin() {
            question = store.question(resource.hash());
            steps.addFirst(this::scan);
        }

        /** A scan that finds a suspect whose mark was not read proves nothing about it: read the mark, scan again. */
        private void scan() {
            List<BranchId> inDoubt = resource.inDoubt();
            List<ParsedBranch.Ours> ours = plan.ours(resource.hash(), inDoubt);
            if (flaw == Flaw.READS_THE_MARK_AFTER_THE_SCAN) {
                steps.addFirst(() -> decide(ours));
                steps.addFirst(() -> marks.put(SimStore.SHARD, store.mark()));
            } else if (marks.keySet().containsAll(plan.marksToRead(ours))) {
                steps.addFirst(() -> decide(ours));
            } else {
                steps.addFirst(this::scan);
                steps.addFirst(() -> marks.put(SimStore.SHARD, store.mark()));
            }
        }

        private void decide(List<ParsedBranch.Ours> ours) {
            Set<GlobalTxId> wanted = plan.recordsToRead(ours);
            Map<GlobalTxId, RecordRead> records = flaw == Flaw.READS_RECORDS_BEFORE_FENCING
                    ? wanted.stream()
                            .collect(Collectors.toMap(
                                    id -> id, id -> earlyRecords.getOrDefault(id, new RecordRead.Absent())))
                    : store.read(wanted);
            question.ifPresent(asked -> steps.addFirst(() -> answer(asked, ours)));
            plan.commands(ours, marks, records).forEach(command -> steps.addFirst(() -> command.accept(this)));
        }

        private void answer(SimStore.Question asked, List<ParsedBranch.Ours> scanned) {
            List<ParsedBranch.Ours> shown = flaw == Flaw.ANSWERS_FROM_AN_OLDER_SCAN
                    ? plan.ours(resource.hash(), olderScans.getOrDefault(resource, List.of()))
                    : scanned;
            Set<GlobalTxId> inDoubt = shown.stream()
                    .map(ParsedBranch.Ours::transaction)
                    .filter(asked.about()::contains)
                    .collect(Collectors.toSet());
            store.answer(resource.hash(), new SimStore.Question(asked.id(), inDoubt));
        }

        @Override
        public void commit(RecoveryCommand.Commit command) {
            Completion unused = resource.commit(command.branch().xid());
        }

        @Override
        public void rollback(RecoveryCommand.Rollback command) {
            Completion unused = resource.rollback(command.branch().xid());
        }

        @Override
        public void leaveAlone(RecoveryCommand.LeaveAlone command) {}

        @Override
        public void terminateAtPoint(RecoveryCommand.TerminateAtPoint command) {
            throw new Violation("no commit point decides here");
        }

        @Override
        public void terminateAtAcceptors(RecoveryCommand.TerminateAtAcceptors command) {
            throw new Violation("no acceptors decide here");
        }

        @Override
        public void terminate(RecoveryCommand.Terminate command) {
            ParsedBranch.Ours branch = command.branch();
            if (store.abort(branch.transaction(), command.mark()) instanceof AbortResult.Decided decided) {
                boolean committed = decided.record().decision() == Decision.COMMIT;
                steps.addFirst(() -> {
                    Completion unused = committed ? resource.commit(branch.xid()) : resource.rollback(branch.xid());
                    if (flaw == Flaw.DELETES_ABORT_EARLY && !committed) {
                        store.delete(branch.transaction());
                    }
                });
            }
        }
    }
}
