package dev.assent.tx.sim;

import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.model.Verdict;
import dev.assent.tx.protocol.DecisionInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The store's semantics: epochs, marks and create-once records, each operation atomic. Remembers every decision. */
final class SimStore {
    static final ShardKey SHARD = new ShardKey(Authority.EMBEDDED_2PC, 0);

    private final Flaw flaw;
    private final TreeMap<Long, Integer> epochs = new TreeMap<>();
    private final TreeSet<Long> alive = new TreeSet<>();
    private final Map<GlobalTxId, DecisionRecord> records = new LinkedHashMap<>();
    private final Map<GlobalTxId, Verdict> decidedEver = new LinkedHashMap<>();
    private final List<GlobalTxId> released = new ArrayList<>();
    private long highest;
    private int mark;
    private long everDeletedUpToMillis;

    SimStore(Flaw flaw) {
        this.flaw = flaw;
    }

    EpochRef allot() {
        highest++;
        epochs.put(highest, 0);
        alive.add(highest);
        return new EpochRef(new EpochKey(Authority.EMBEDDED_2PC, 0, highest), 0);
    }

    void sessionEnds(long incarnation) {
        alive.remove(incarnation);
    }

    boolean isAlive(long incarnation) {
        return alive.contains(incarnation);
    }

    DecisionInput createCommit(GlobalTxId id, List<BranchName> prepared) {
        Integer version = epochs.get(id.key().incarnation());
        boolean reigns = version != null && version == id.epoch();
        boolean lenient = flaw == Flaw.CHECKS_NO_EPOCH || (flaw == Flaw.READS_THE_EPOCH_AGAIN && version != null);
        if (!reigns && !lenient) {
            return new DecisionInput.EpochRefused();
        }
        if (records.containsKey(id)) {
            return new DecisionInput.RecordExists();
        }
        decide(id, Verdict.COMMIT);
        records.put(id, new DecisionRecord(Verdict.COMMIT, prepared));
        return new DecisionInput.Applied();
    }

    private void decide(GlobalTxId id, Verdict verdict) {
        Verdict earlier = decidedEver.putIfAbsent(id, verdict);
        if (earlier != null && earlier != verdict) {
            throw new Violation("two decisions for one transaction: " + earlier + ", then " + verdict);
        }
    }

    boolean wasCommitted(GlobalTxId id) {
        return decidedEver.get(id) == Verdict.COMMIT;
    }

    Optional<DecisionRecord> read(GlobalTxId id) {
        return Optional.ofNullable(records.get(id));
    }

    long everDeletedUpToMillis() {
        return everDeletedUpToMillis;
    }

    GcMark mark() {
        return new GcMark(SHARD, mark);
    }

    AbortResult abort(GlobalTxId id, GcMark seen) {
        if (seen.version() != mark && flaw != Flaw.ABORTS_WITHOUT_THE_MARK) {
            DecisionRecord existing = records.get(id);
            return existing == null ? new AbortResult.ScanAgain() : new AbortResult.Decided(existing);
        }
        DecisionRecord existing = records.get(id);
        if (existing == null) {
            decide(id, Verdict.ABORT);
            existing = new DecisionRecord(Verdict.ABORT, List.of());
            records.put(id, existing);
        }
        return new AbortResult.Decided(existing);
    }

    /** Its coordinator lets the record of a led shard go: it is deleted when nobody asks any more. */
    void release(GlobalTxId id) {
        released.add(id);
    }

    /** Deletes what was released and is due. */
    void reap(long nowEpochMillis) {
        List<GlobalTxId> due = released.stream()
                .filter(id -> id.isPastDeadline(nowEpochMillis - DecisionRecord.RETENTION_MILLIS))
                .toList();
        released.removeAll(due);
        due.forEach(this::delete);
    }

    void delete(GlobalTxId id) {
        if (records.remove(id) == null) {
            return;
        }
        if (flaw != Flaw.DELETES_WITHOUT_CHANGING_THE_MARK) {
            mark++;
        }
        if (flaw != Flaw.FORGETS_WHAT_IT_DELETED) {
            everDeletedUpToMillis = Math.max(everDeletedUpToMillis, id.deadlineEpochMillis());
        }
    }

    void acknowledge(GlobalTxId id, Set<BranchName> ended) {
        DecisionRecord record = records.get(id);
        if (record == null) {
            return;
        }
        List<BranchName> left = record.pending().stream()
                .filter(branch -> !ended.contains(branch))
                .toList();
        records.put(id, new DecisionRecord(record.verdict(), left));
    }

    EpochCensus census() {
        return new EpochCensus(
                flaw == Flaw.TAKES_THE_UNBORN_FOR_FENCED ? Long.MAX_VALUE : highest, epochs, alive, new TreeMap<>());
    }

    void fence(long incarnation) {
        if (flaw != Flaw.PRESUMES_ABORT_BEFORE_FENCING) {
            epochs.computeIfPresent(incarnation, (key, version) -> Math.max(1, version));
        }
    }

    void retire(long incarnation) {
        epochs.remove(incarnation);
    }

    Map<GlobalTxId, DecisionRecord> records() {
        return new LinkedHashMap<>(records);
    }

    int epochCount() {
        return epochs.size();
    }
}
