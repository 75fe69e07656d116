package dev.assent.tx.recovery;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.model.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to do about one resource, from evidence read in this order: census; fence the dead; census again; marks and
 * records; only then the scan of the resource.
 *
 * <p>In that order these conclusions hold. Fenced epoch, no record: COMMIT can never be decided any more, roll back.
 * Fenced epoch, COMMIT, branch not in the scan: it has committed, as it was prepared when COMMIT was decided. Live
 * epoch: nothing can be concluded from an absent record, only a conditional ABORT can decide.
 */
public final class RecoveryPlan {
    private final Evidence evidence;
    private final long nowEpochMillis;
    private final long graceMillis;

    /** {@code graceMillis}: how long past its deadline a live coordinator is left alone; for calm, not for safety. */
    public RecoveryPlan(Evidence evidence, long nowEpochMillis, long graceMillis) {
        this.evidence = evidence;
        this.nowEpochMillis = nowEpochMillis;
        this.graceMillis = graceMillis;
    }

    /** The commands for a resource that was scanned after the evidence was read. */
    public List<RecoveryCommand> forResource(ResourceName.Hash resource, List<BranchId> inDoubt) {
        List<RecoveryCommand> commands = new ArrayList<>();
        Set<BranchId> seen = new LinkedHashSet<>(inDoubt);
        for (BranchId xid : seen) {
            if (ParsedBranch.of(xid, evidence.cluster()) instanceof ParsedBranch.Ours ours
                    && ours.branch().resource().equals(resource)) {
                end(ours).ifPresent(commands::add);
            }
        }
        evidence.records().forEach((transaction, record) -> {
            Set<BranchName> ended = absent(transaction, record, resource, seen);
            if (isFenced(transaction) && !ended.isEmpty()) {
                commands.add(new RecoveryCommand.Acknowledge(transaction, ended));
            }
        });
        return commands;
    }

    /**
     * The deletions that need no scan: ABORT says no more than a fenced epoch, and COMMIT without branches needs
     * nothing done. Both are kept as long as callers may ask: to delete one makes the absence of any record with an
     * earlier deadline mean nothing.
     */
    public List<RecoveryCommand> deletions() {
        Map<ShardKey, List<GlobalTxId>> byShard = new LinkedHashMap<>();
        evidence.records().forEach((transaction, record) -> {
            if (isNeedless(transaction, record) && isFenced(transaction)) {
                byShard.computeIfAbsent(transaction.key().shardKey(), shard -> new ArrayList<>())
                        .add(transaction);
            }
        });
        List<RecoveryCommand> commands = new ArrayList<>();
        byShard.forEach((shard, transactions) -> commands.add(new RecoveryCommand.Delete(shard, transactions)));
        return commands;
    }

    private boolean isNeedless(GlobalTxId transaction, DecisionRecord record) {
        boolean nobodyAsks = transaction.isPastDeadline(nowEpochMillis - DecisionRecord.RETENTION_MILLIS);
        return nobodyAsks
                && (record.verdict() == Verdict.ABORT || record.pending().isEmpty());
    }

    /** Fenced embedded epochs that had no record left when the evidence was read. */
    public List<Long> retirable() {
        Set<Long> withRecords = new LinkedHashSet<>();
        evidence.records().keySet().forEach(id -> withRecords.add(id.key().incarnation()));
        return evidence.epochs().fenced().stream()
                .filter(incarnation -> !withRecords.contains(incarnation))
                .toList();
    }

    private Optional<RecoveryCommand> end(ParsedBranch.Ours branch) {
        GlobalTxId transaction = branch.transaction();
        if (transaction.key().authority() == Authority.PAXOS_3PC) {
            return Optional.empty();
        }
        if (!isFenced(transaction)) {
            return terminate(branch);
        }
        DecisionRecord record = evidence.records().get(transaction);
        if (record != null && record.verdict() == Verdict.COMMIT) {
            return Optional.of(new RecoveryCommand.Commit(branch, true));
        }
        return Optional.of(new RecoveryCommand.Rollback(branch));
    }

    private Optional<RecoveryCommand> terminate(ParsedBranch.Ours branch) {
        GlobalTxId transaction = branch.transaction();
        GcMark mark = evidence.marks().get(transaction.key().shardKey());
        if (mark == null || !transaction.isPastDeadline(nowEpochMillis - graceMillis)) {
            return Optional.empty();
        }
        return Optional.of(new RecoveryCommand.Terminate(branch, mark));
    }

    private static Set<BranchName> absent(
            GlobalTxId transaction, DecisionRecord record, ResourceName.Hash resource, Set<BranchId> seen) {
        Set<BranchName> absent = new LinkedHashSet<>();
        for (BranchName branch : record.pending()) {
            if (branch.resource().equals(resource) && !seen.contains(branch.in(transaction))) {
                absent.add(branch);
            }
        }
        return absent;
    }

    private boolean isFenced(GlobalTxId transaction) {
        return evidence.epochs().isFenced(EpochRef.of(transaction));
    }
}
