package dev.assent.tx.sim;

import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.protocol.twophase.DecisionInput;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The store's semantics: epochs, marks and create-once records, each operation atomic. Remembers every decision. */
final class SimStore {
    static final ShardKey SHARD = new ShardKey(Authority.EMBEDDED_2PC, 0);

    private final Flaw flaw;
    private final TreeMap<Long, Integer> epochs = new TreeMap<>();
    private final TreeSet<Long> alive = new TreeSet<>();
    private final Map<GlobalTxId, DecisionRecord> records = new LinkedHashMap<>();
    private final Map<GlobalTxId, Decision> decidedEver = new LinkedHashMap<>();
    private final List<GlobalTxId> released = new ArrayList<>();
    private final Set<GlobalTxId> takenUp = new LinkedHashSet<>();
    private final Set<GlobalTxId> damaged = new LinkedHashSet<>();
    private final Map<ResourceName.Hash, Question> questions = new LinkedHashMap<>();
    private final Map<ResourceName.Hash, Question> answers = new LinkedHashMap<>();
    private long lastQuestion;
    private long highest;
    private int mark;
    private long everDeletedUpToMillis;

    private final Trace trace = new Trace();

    SimStore(Flaw flaw) {
        this.flaw = flaw;
    }

    /** What happened, for the specification; of use when there was a single transaction. */
    Trace trace() {
        return trace;
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
        boolean isCurrent = version != null && version == id.epoch();
        trace.effect("create");
        boolean lenient = flaw == Flaw.CHECKS_NO_EPOCH || (flaw == Flaw.READS_THE_EPOCH_AGAIN && version != null);
        if (!isCurrent && !lenient) {
            return new DecisionInput.EpochRefused();
        }
        if (records.containsKey(id)) {
            return new DecisionInput.RecordExists();
        }
        decide(id, Decision.COMMIT);
        records.put(id, new DecisionRecord(Decision.COMMIT, prepared));
        return new DecisionInput.Applied();
    }

    private void decide(GlobalTxId id, Decision decision) {
        Decision earlier = decidedEver.putIfAbsent(id, decision);
        if (earlier != null && earlier != decision) {
            throw new Violation("two decisions for one transaction: " + earlier + ", then " + decision);
        }
    }

    boolean wasCommitted(GlobalTxId id) {
        return decidedEver.get(id) == Decision.COMMIT;
    }

    RecordRead read(GlobalTxId id) {
        DecisionRecord record = records.get(id);
        if (record == null) {
            return new RecordRead.Absent();
        }
        if (damaged.contains(id)) {
            return flaw == Flaw.TAKES_AN_UNREADABLE_RECORD_FOR_NONE
                    ? new RecordRead.Absent()
                    : new RecordRead.Unreadable("damaged");
        }
        return new RecordRead.Found(record);
    }

    Map<GlobalTxId, RecordRead> read(Collection<GlobalTxId> ids) {
        Map<GlobalTxId, RecordRead> read = new LinkedHashMap<>();
        ids.forEach(id -> read.put(id, read(id)));
        return read;
    }

    /** Somebody writes into a record what nobody can read, until it is restored. */
    void damage(GlobalTxId id) {
        damaged.add(id);
    }

    void restoreAll() {
        damaged.clear();
    }

    long everDeletedUpToMillis() {
        return everDeletedUpToMillis;
    }

    GcMark mark() {
        return new GcMark(SHARD, mark);
    }

    AbortResult abort(GlobalTxId id, GcMark seen) {
        boolean isMarked = seen.version() == mark || flaw == Flaw.ABORTS_WITHOUT_THE_MARK;
        boolean hasFolder = epochs.containsKey(id.key().incarnation());
        if (!records.containsKey(id) && isMarked && hasFolder) {
            trace.effect("abort");
            decide(id, Decision.ABORT);
            records.put(id, new DecisionRecord(Decision.ABORT, List.of()));
        }
        RecordRead read = read(id);
        if (read instanceof RecordRead.Unreadable unreadable) {
            return new AbortResult.Unreadable(unreadable.why());
        }
        if (read instanceof RecordRead.Found && flaw != Flaw.OBEYS_WITHOUT_TAKING_UP) {
            takenUp.add(id);
        }
        return read instanceof RecordRead.Found found
                ? new AbortResult.Decided(found.record())
                : new AbortResult.ScanAgain();
    }

    /** Whether others may have ended branches by a record of it, in a live epoch. */
    boolean isTakenUp(GlobalTxId id) {
        return takenUp.contains(id);
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
        trace.effect("delete");
        if (flaw != Flaw.DELETES_WITHOUT_CHANGING_THE_MARK) {
            mark++;
        }
        if (flaw != Flaw.FORGETS_WHAT_IT_DELETED) {
            everDeletedUpToMillis = Math.max(everDeletedUpToMillis, id.deadlineEpochMillis());
        }
    }

    /** Asks a resource which of these it holds in doubt; the number names the question for ever. */
    long ask(ResourceName.Hash resource, Set<GlobalTxId> about) {
        long id = ++lastQuestion;
        questions.put(resource, new Question(id, new LinkedHashSet<>(about)));
        return id;
    }

    Optional<Question> question(ResourceName.Hash resource) {
        return Optional.ofNullable(questions.get(resource));
    }

    void answer(ResourceName.Hash resource, Question inDoubt) {
        answers.put(resource, inDoubt);
    }

    Optional<Question> answer(ResourceName.Hash resource) {
        return Optional.ofNullable(answers.get(resource));
    }

    /** What is asked about, or as an answer what of it is in doubt. */
    record Question(long id, Set<GlobalTxId> about) {}

    EpochCensus census() {
        return new EpochCensus(
                flaw == Flaw.TAKES_THE_UNBORN_FOR_FENCED ? Long.MAX_VALUE : highest, epochs, alive, new TreeMap<>());
    }

    void fence(long incarnation) {
        if (flaw != Flaw.PRESUMES_ABORT_BEFORE_FENCING) {
            if (epochs.containsKey(incarnation) && epochs.get(incarnation) == 0) {
                trace.effect("fence");
            }
            epochs.computeIfPresent(incarnation, (key, version) -> Math.max(1, version));
        }
    }

    /** With its folder, which must be empty. */
    void retire(long incarnation) {
        if (flaw == Flaw.RETIRES_WITH_RECORDS || names(incarnation).isEmpty()) {
            epochs.remove(incarnation);
        }
    }

    /** The listing of one epoch's folder. */
    Set<GlobalTxId> names(long incarnation) {
        return records.keySet().stream()
                .filter(id -> id.key().incarnation() == incarnation)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    List<Long> folders() {
        return List.copyOf(epochs.keySet());
    }

    Map<GlobalTxId, DecisionRecord> records() {
        return new LinkedHashMap<>(records);
    }

    int epochCount() {
        return epochs.size();
    }
}
