package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A database with a table of decisions: what is prepared or committed survives. Transactions get increasing ids with
 * their first write; a row that is being inserted makes others wait who insert under the same key.
 */
final class SimDatabase {

    /** What a branch has done. */
    enum Nature {
        WRITER,
        READER,
        /** Its statements say that they wrote, but it was elsewhere: its transaction has no id. */
        SEEMING_WRITER,
        /** It cannot commit, as it finds when it is asked to. */
        REFUSER;

        /** In this database. */
        boolean writes() {
            return this == WRITER || this == REFUSER;
        }
    }

    /** Where a branch stands, durably except for WORKING. */
    enum State {
        WORKING,
        PREPARED,
        COMMITTED,
        ROLLED_BACK,
        READ_ONLY_ENDED
    }

    /** A row that is committed. */
    private record Row(Decision decision, List<BranchName> others, long writer, boolean takenUp) {}

    /** A branch's transaction; its id is 0 until it has one. */
    private static final class Work {
        private final Nature nature;
        private State state = State.WORKING;
        private long id;

        Work(Nature nature) {
            this.nature = nature;
        }
    }

    private final PointFlaw flaw;
    private final ResourceName.Hash hash;
    private final Map<BranchId, Work> works = new LinkedHashMap<>();
    private final Map<GlobalTxId, Row> rows = new LinkedHashMap<>();
    private final Map<GlobalTxId, BranchId> inserting = new LinkedHashMap<>();
    private final TreeSet<Long> running = new TreeSet<>();
    private long nextId = 1;
    private long everDeletedUpToMillis = Long.MIN_VALUE;

    private PointTrace trace = new PointTrace();

    SimDatabase(PointFlaw flaw, String name) {
        this.flaw = flaw;
        this.hash = new ResourceName(name).hash();
    }

    void traceTo(PointTrace shared) {
        trace = shared;
    }

    PointTrace trace() {
        return trace;
    }

    ResourceName.Hash hash() {
        return hash;
    }

    void work(BranchId branch, Nature nature) {
        Work work = new Work(nature);
        works.put(branch, work);
        if (nature.writes()) {
            assign(work);
        }
    }

    private void assign(Work work) {
        if (work.id == 0) {
            work.id = nextId++;
            running.add(work.id);
        }
    }

    private State end(Work work, State how) {
        work.state = how;
        running.remove(work.id);
        return how;
    }

    private Optional<Work> working(BranchId branch) {
        return Optional.ofNullable(works.get(branch)).filter(work -> work.state == State.WORKING);
    }

    private Optional<Work> prepared(BranchId branch) {
        return Optional.ofNullable(works.get(branch)).filter(work -> work.state == State.PREPARED);
    }

    // ---- as any branch

    Vote prepare(BranchId branch) {
        Optional<Work> work = working(branch);
        if (work.isEmpty()) {
            return new Vote.Rollback("not known");
        }
        return switch (work.get().nature) {
            case WRITER -> {
                trace.effect(branch, "prepare", "preparePoint");
                work.get().state = State.PREPARED;
                yield new Vote.Prepared();
            }
            case READER, SEEMING_WRITER -> {
                end(work.get(), State.READ_ONLY_ENDED);
                yield new Vote.ReadOnly();
            }
            case REFUSER -> {
                trace.effect(branch, "fail", "pointFails");
                end(work.get(), State.ROLLED_BACK);
                yield new Vote.Rollback("constraint violated");
            }
        };
    }

    /** {@code decided} says whether the transaction's COMMIT was ever there. */
    Completion commit(BranchId branch, boolean decided) {
        Optional<Work> work = prepared(branch);
        if (work.isEmpty()) {
            return new Completion.NotKnown();
        }
        if (!decided) {
            throw new PointViolation("a prepared branch was committed before the commit point was");
        }
        trace.effect(branch, "commit", "commitPoint");
        end(work.get(), State.COMMITTED);
        return new Completion.Done();
    }

    Completion rollback(BranchId branch, boolean decided) {
        Optional<Work> work = Optional.ofNullable(works.get(branch))
                .filter(known -> known.state == State.PREPARED || known.state == State.WORKING);
        if (work.isEmpty()) {
            return new Completion.NotKnown();
        }
        if (work.get().state == State.PREPARED && decided) {
            throw new PointViolation("a prepared branch of a committed transaction was rolled back");
        }
        trace.effect(branch, "rollback", "pointFails");
        inserting.values().remove(branch);
        end(work.get(), State.ROLLED_BACK);
        return new Completion.Done();
    }

    Completion commitOnePhase(BranchId branch) {
        Optional<Work> work = working(branch);
        if (work.isEmpty()) {
            return new Completion.NotKnown();
        }
        if (work.get().nature == Nature.REFUSER) {
            end(work.get(), State.ROLLED_BACK);
            return new Completion.RolledBack("constraint violated");
        }
        end(work.get(), State.COMMITTED);
        return new Completion.Done();
    }

    List<BranchId> inDoubt() {
        List<BranchId> prepared = new ArrayList<>();
        works.forEach((branch, work) -> {
            if (work.state == State.PREPARED) {
                prepared.add(branch);
            }
        });
        return prepared;
    }

    // ---- as the commit point

    PointReadiness ready(BranchId branch, boolean assign) {
        Optional<Work> work = working(branch);
        if (work.isEmpty()) {
            return new PointReadiness.Refused("the work is gone");
        }
        if (work.get().nature == Nature.SEEMING_WRITER || flaw == PointFlaw.READER_IS_THE_POINT) {
            return new PointReadiness.Assigned(); // nobody asks
        }
        if (assign) {
            assign(work.get());
        }
        if (work.get().id != 0) {
            trace.effect("assign");
        }
        return work.get().id == 0 ? new PointReadiness.Unassigned() : new PointReadiness.Assigned();
    }

    /** The first half of the commit point's commit; an answer only if it fails. */
    Optional<PointAnswer> insertCommit(BranchId branch, GlobalTxId transaction) {
        Optional<Work> work = working(branch);
        if (work.isEmpty()) {
            trace.effect("through");
            return Optional.of(new PointAnswer.Refused("the work is gone"));
        }
        if (work.get().id == 0 && flaw != PointFlaw.READER_IS_THE_POINT) {
            trace.effect("through");
            end(work.get(), State.ROLLED_BACK);
            return Optional.of(new PointAnswer.Refused("its work has no id"));
        }
        assign(work.get());
        if (rows.containsKey(transaction) && flaw != PointFlaw.COMMITS_BESIDE_A_ROW) {
            trace.effect("through");
            end(work.get(), State.ROLLED_BACK);
            return Optional.of(new PointAnswer.Aborted());
        }
        if (work.get().nature == Nature.REFUSER) {
            trace.effect("pointFails");
            trace.effect("through");
            end(work.get(), State.ROLLED_BACK);
            return Optional.of(new PointAnswer.Refused("constraint violated"));
        }
        inserting.put(transaction, branch);
        return Optional.empty();
    }

    /** The second half. */
    PointAnswer commitInserted(BranchId branch, GlobalTxId transaction, List<BranchName> others) {
        trace.effect("through");
        Optional<Work> work = working(branch);
        if (work.isEmpty() || inserting.remove(transaction) == null) {
            return new PointAnswer.Refused("the work is gone");
        }
        rows.put(transaction, new Row(Decision.COMMIT, others, work.get().id, false));
        end(work.get(), State.COMMITTED);
        return new PointAnswer.Committed();
    }

    boolean isInserting(GlobalTxId transaction) {
        return inserting.containsKey(transaction);
    }

    /** Empty while a transaction that inserts under the same key makes it wait. */
    Optional<Decision> insertAbort(GlobalTxId transaction) {
        if (inserting.containsKey(transaction) && flaw != PointFlaw.TERMINATOR_DOES_NOT_WAIT) {
            return Optional.empty();
        }
        Row there = rows.get(transaction);
        if (there == null || flaw == PointFlaw.TERMINATOR_OVERWRITES) {
            rows.put(transaction, new Row(Decision.ABORT, List.of(), nextId++, false));
            return Optional.of(Decision.ABORT);
        }
        if (flaw != PointFlaw.OBEYS_WITHOUT_TAKING_UP) {
            rows.put(transaction, new Row(there.decision, there.others, there.writer, true));
        }
        return Optional.of(there.decision);
    }

    PointLook look(GlobalTxId transaction) {
        Row row = rows.get(transaction);
        return new PointLook(
                Optional.ofNullable(row).map(Row::decision),
                row != null && (row.takenUp || row.decision == Decision.ABORT),
                everDeletedUpToMillis);
    }

    /** The rows there are, and the branches that each names. */
    Map<GlobalTxId, List<BranchName>> rows(Decision decision) {
        Map<GlobalTxId, List<BranchName>> found = new LinkedHashMap<>();
        rows.forEach((transaction, row) -> {
            if (row.decision == decision) {
                found.put(transaction, row.others);
            }
        });
        return found;
    }

    /** Deletes COMMIT rows, and of ABORT rows those that are older than every transaction that still runs. */
    void delete(Collection<GlobalTxId> transactions) {
        for (GlobalTxId transaction : transactions) {
            Row row = rows.get(transaction);
            if (row == null || (row.decision == Decision.ABORT && !isOlderThanAllThatRun(row))) {
                continue;
            }
            trace.effect("delete");
            rows.remove(transaction);
            if (row.decision == Decision.COMMIT && flaw != PointFlaw.FORGETS_WHAT_IT_DELETED) {
                everDeletedUpToMillis = Math.max(everDeletedUpToMillis, transaction.deadlineEpochMillis());
            }
        }
    }

    private boolean isOlderThanAllThatRun(Row row) {
        if (flaw == PointFlaw.DELETES_ABORT_AT_ONCE) {
            return true;
        }
        if (flaw == PointFlaw.COMPARES_WITH_THE_NEWEST_ID) {
            return running.isEmpty() || row.writer < nextId;
        }
        return running.isEmpty() || row.writer < running.first();
    }

    /** What a terminator must not do. */
    void deleteAbort(GlobalTxId transaction) {
        rows.computeIfPresent(transaction, (key, row) -> row.decision == Decision.ABORT ? null : row);
    }

    // ---- faults

    /** Work that was not prepared is gone. */
    void restart() {
        List.copyOf(works.keySet()).forEach(this::disconnect);
    }

    /** The connection of a branch is gone; the server notices, and rolls back what was not prepared. */
    void disconnect(BranchId branch) {
        working(branch).ifPresent(work -> {
            trace.effect(branch, "fail", "pointFails");
            inserting.values().remove(branch);
            end(work, State.ROLLED_BACK);
        });
    }

    State state(BranchId branch) {
        Work work = works.get(branch);
        return work == null ? State.ROLLED_BACK : work.state;
    }
}
