package dev.assent.tx.recovery;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What to do about the branches that one resource holds prepared, from evidence read in this order: the dead are
 * fenced; census; the marks of {@link #marksToRead}; the scan of the resource; the records of {@link #recordsToRead}.
 *
 * <p>In that order these conclusions hold. Fenced epoch, no record: whatever COMMIT there may have been was deleted
 * after every branch had ended, and none can come any more; so a branch that is still prepared is to roll back, and
 * one that is not does not mind being told. Fenced epoch, a record that cannot be read: nothing can be concluded.
 * Live epoch: nothing can be concluded from an absent record either, only a conditional ABORT can decide, and its
 * mark must be older than the scan.
 *
 * <p>A transaction with a commit point needs no such evidence: whoever finds a branch of it prepared, in a fenced epoch
 * or past the deadline, inserts ABORT at the commit point, and obeys the row that is there then. That is safe because
 * the commit point's own transaction is older than anything that is prepared, and nobody deletes a row before that
 * transaction is over; and it must be an insert, as a row that is not there yet may still be committed.
 *
 * <p>Nor does one whose acceptors decide: a fenced epoch or a deadline is a reason to ask them, and the absence of a
 * record is no evidence at all, since what they chose is recorded afterwards, or never if the store was away.
 */
public final class RecoveryPlan {
    private final ClusterId cluster;
    private final EpochCensus epochs;
    private final Timing timing;

    /**
     * When a live coordinator is suspected. For calm, not for safety.
     *
     * @param graceMillis how long past its deadline a live coordinator is left alone
     * @param endingHere the transactions that this very process is ending: it needs nobody to do it for it
     */
    public record Timing(long nowEpochMillis, long graceMillis, Predicate<GlobalTxId> endingHere) {}

    public RecoveryPlan(ClusterId cluster, EpochCensus epochs, Timing timing) {
        this.cluster = cluster;
        this.epochs = epochs;
        this.timing = timing;
    }

    /** Those of a scan that are exactly this cluster's and this resource's. */
    public List<ParsedBranch.Ours> ours(ResourceName.Hash resource, List<BranchId> inDoubt) {
        List<ParsedBranch.Ours> ours = new ArrayList<>();
        for (BranchId xid : new LinkedHashSet<>(inDoubt)) {
            if (ParsedBranch.of(xid, cluster) instanceof ParsedBranch.Ours own
                    && own.branch().resource().equals(resource)) {
                ours.add(own);
            }
        }
        return ours;
    }

    /** The shards whose mark must have been read before the scan that found these branches. */
    public Set<ShardKey> marksToRead(List<ParsedBranch.Ours> scanned) {
        Set<ShardKey> shards = new LinkedHashSet<>();
        for (ParsedBranch.Ours branch : scanned) {
            if (isSuspect(branch.transaction())) {
                shards.add(branch.transaction().key().shardKey());
            }
        }
        return shards;
    }

    /** The transactions whose record must be read after the scan. */
    public Set<GlobalTxId> recordsToRead(List<ParsedBranch.Ours> scanned) {
        Set<GlobalTxId> transactions = new LinkedHashSet<>();
        for (ParsedBranch.Ours branch : scanned) {
            if (isFenced(branch.transaction())) {
                transactions.add(branch.transaction());
            }
        }
        return transactions;
    }

    /** What to do about the branches of a scan; those whose evidence was not read are left for the next pass. */
    public List<RecoveryCommand> commands(
            List<ParsedBranch.Ours> scanned, Map<ShardKey, GcMark> marks, Map<GlobalTxId, RecordRead> records) {
        List<RecoveryCommand> commands = new ArrayList<>();
        for (ParsedBranch.Ours branch : scanned) {
            if (isDueAtPoint(branch.transaction())) {
                commands.add(new RecoveryCommand.TerminateAtPoint(branch));
                continue;
            }
            if (isDueAtAcceptors(branch.transaction())) {
                commands.add(new RecoveryCommand.TerminateAtAcceptors(branch));
                continue;
            }
            Optional<RecoveryCommand> command = isFenced(branch.transaction())
                    ? Optional.ofNullable(records.get(branch.transaction()))
                            .map(read -> read.accept(new Fenced(branch)))
                    : terminate(branch, marks);
            command.ifPresent(commands::add);
        }
        return commands;
    }

    private Optional<RecoveryCommand> terminate(ParsedBranch.Ours branch, Map<ShardKey, GcMark> marks) {
        return isSuspect(branch.transaction())
                ? Optional.ofNullable(marks.get(branch.transaction().key().shardKey()))
                        .map(mark -> new RecoveryCommand.Terminate(branch, mark))
                : Optional.empty();
    }

    private boolean isSuspect(GlobalTxId transaction) {
        return transaction.key().authority().isDecidedInStore() && !isFenced(transaction) && isOverdue(transaction);
    }

    private boolean isDueAtPoint(GlobalTxId transaction) {
        return transaction.commitPoint().isPresent()
                && (epochs.isFenced(EpochRef.of(transaction)) || isOverdue(transaction));
    }

    private boolean isDueAtAcceptors(GlobalTxId transaction) {
        return transaction.key().authority() == Authority.PAXOS_3PC
                && (epochs.isFenced(EpochRef.heldFor(transaction)) || isOverdue(transaction));
    }

    private boolean isOverdue(GlobalTxId transaction) {
        return transaction.isPastDeadline(timing.nowEpochMillis() - timing.graceMillis())
                && !timing.endingHere().test(transaction);
    }

    private boolean isFenced(GlobalTxId transaction) {
        return transaction.key().authority().isDecidedInStore() && epochs.isFenced(EpochRef.of(transaction));
    }

    /** What a record says, read after its epoch was fenced. */
    private record Fenced(ParsedBranch.Ours branch) implements RecordRead.Handler<RecoveryCommand> {

        @Override
        public RecoveryCommand absent(RecordRead.Absent read) {
            return new RecoveryCommand.Rollback(branch, "its coordinator died before it decided");
        }

        @Override
        public RecoveryCommand found(RecordRead.Found read) {
            Decision decision = read.record().decision();
            return switch (decision) {
                case COMMIT -> new RecoveryCommand.Commit(branch);
                case ABORT -> new RecoveryCommand.Rollback(branch, "ABORT was decided past its deadline");
            };
        }

        @Override
        public RecoveryCommand unreadable(RecordRead.Unreadable read) {
            return new RecoveryCommand.LeaveAlone(branch, read.why());
        }
    }
}
