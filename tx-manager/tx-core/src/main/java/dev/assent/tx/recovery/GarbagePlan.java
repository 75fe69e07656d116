package dev.assent.tx.recovery;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which records of fenced epochs may go. One instance belongs to whoever collects; it remembers what was proven.
 *
 * <p>Nobody may ask for a transaction any more {@link DecisionRecord#RETENTION_MILLIS} past its deadline. From then on
 * ABORT says no more than the fenced epoch does. COMMIT is needed until every branch it names has ended. A resource
 * proves that by a scan that was begun after the record was read and does not show the branch: it was prepared when
 * COMMIT was decided, and only its end can take it out. So a question is put about records that were read, and
 * an answer counts for the question that it names, no other. One thread at a time.
 */
public final class GarbagePlan {
    /** Records asked about in one question to one resource. */
    public static final int ASKED_MAX = 1_000;

    private final Map<GlobalTxId, Set<ResourceName.Hash>> unproven = new LinkedHashMap<>();

    /** Whether a record may be looked at: its epoch is over, and nobody asks for its outcome any more. */
    public static boolean isDue(GlobalTxId transaction, EpochCensus epochs, long nowEpochMillis) {
        return transaction.isPastDeadline(nowEpochMillis - DecisionRecord.RETENTION_MILLIS)
                && epochs.isFenced(EpochRef.heldFor(transaction));
    }

    /** Whether the record of a due transaction has still to be read. */
    public boolean isUnread(GlobalTxId transaction) {
        return !unproven.containsKey(transaction);
    }

    /** Takes note of the records of due transactions. Records never change, so each is read once. */
    public void read(Map<GlobalTxId, RecordRead> records) {
        records.forEach((transaction, read) -> {
            if (read instanceof RecordRead.Found found) {
                unproven.putIfAbsent(transaction, resourcesToAsk(found.record()));
            }
        });
    }

    private static Set<ResourceName.Hash> resourcesToAsk(DecisionRecord record) {
        Set<ResourceName.Hash> resources = new LinkedHashSet<>();
        if (record.decision() == Decision.COMMIT) {
            record.pending().stream().map(BranchName::resource).forEach(resources::add);
        }
        return resources;
    }

    /** What each resource is to be asked: which of these transactions it still holds in doubt. */
    public Map<ResourceName.Hash, Set<GlobalTxId>> questions() {
        Map<ResourceName.Hash, Set<GlobalTxId>> questions = new LinkedHashMap<>();
        unproven.forEach((transaction, resources) -> resources.forEach(resource -> {
            Set<GlobalTxId> asked = questions.computeIfAbsent(resource, key -> new LinkedHashSet<>());
            if (asked.size() < ASKED_MAX) {
                asked.add(transaction);
            }
        }));
        return questions;
    }

    /** A scan begun after {@code asked} was put showed {@code inDoubt} of them. */
    public void answered(ResourceName.Hash resource, Set<GlobalTxId> asked, Set<GlobalTxId> inDoubt) {
        for (GlobalTxId transaction : asked) {
            Set<ResourceName.Hash> resources = unproven.get(transaction);
            if (resources != null && !inDoubt.contains(transaction)) {
                resources.remove(resource);
            }
        }
    }

    /** What may be deleted now, by shard, at most so many. */
    public Map<ShardKey, List<GlobalTxId>> deletable(int most) {
        Map<ShardKey, List<GlobalTxId>> byShard = new LinkedHashMap<>();
        unproven.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty())
                .limit(most)
                .forEach(entry -> byShard.computeIfAbsent(entry.getKey().key().shardKey(), shard -> new ArrayList<>())
                        .add(entry.getKey()));
        return byShard;
    }

    /** These are not in the store any more. */
    public void deleted(List<GlobalTxId> transactions) {
        transactions.forEach(unproven::remove);
    }

    /** Of these there is a record; whatever else was known has been deleted by somebody else. */
    public void retain(Set<GlobalTxId> there) {
        unproven.keySet().retainAll(there);
    }

    /** Forgets everything; for whoever was not the collector for a while. */
    public void forget() {
        unproven.clear();
    }
}
