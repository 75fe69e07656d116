package dev.assent.tx.sim;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A resource with stable state: what is prepared survives, what is only being worked on does not. */
final class SimResource {

    /** What a branch will vote. */
    enum Nature {
        WRITER,
        READER,
        REFUSER,
        /** A writer whose driver's answer to a one-phase commit is worth nothing. */
        DISTRUSTED;

        boolean isWriter() {
            return this == WRITER || this == DISTRUSTED;
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

    private final ResourceName.Hash hash;
    private final SimStore store;
    private final Map<BranchId, State> states = new LinkedHashMap<>();
    private final Set<BranchId> cutOff = new LinkedHashSet<>();
    private final Map<BranchId, Nature> natures = new LinkedHashMap<>();

    SimResource(ResourceName.Hash hash, SimStore store) {
        this.hash = hash;
        this.store = store;
    }

    ResourceName.Hash hash() {
        return hash;
    }

    void work(BranchId branch, Nature nature) {
        states.put(branch, State.WORKING);
        natures.put(branch, nature);
    }

    Vote prepare(BranchId branch) {
        if (states.get(branch) != State.WORKING) {
            return new Vote.Rollback("not known");
        }
        return switch (nature(branch)) {
            case WRITER, DISTRUSTED -> {
                become(branch, State.PREPARED);
                yield new Vote.Prepared();
            }
            case READER -> {
                become(branch, State.READ_ONLY_ENDED);
                yield new Vote.ReadOnly();
            }
            case REFUSER -> {
                lose(branch);
                yield new Vote.Rollback("constraint violated");
            }
        };
    }

    private Nature nature(BranchId branch) {
        Nature nature = natures.get(branch);
        if (nature == null) {
            throw new IllegalStateException("no such branch: " + branch);
        }
        return nature;
    }

    Completion commit(BranchId branch) {
        if (states.get(branch) != State.PREPARED) {
            return new Completion.NotKnown();
        }
        if (!store.wasCommitted(GlobalTxId.fromBytes(branch.gtrid()))) {
            throw new Violation("a prepared branch was committed before COMMIT was durable");
        }
        become(branch, State.COMMITTED);
        return new Completion.Done();
    }

    Completion commitOnePhase(BranchId branch) {
        if (states.get(branch) != State.WORKING) {
            return new Completion.NotKnown();
        }
        if (nature(branch) == Nature.DISTRUSTED) {
            return new Completion.NeedsPrepare();
        }
        if (nature(branch) == Nature.REFUSER) {
            states.put(branch, State.ROLLED_BACK);
            return new Completion.RolledBack("constraint violated");
        }
        states.put(branch, State.COMMITTED);
        return new Completion.Done();
    }

    /** The connection of a branch is cut off while its prepare waits unread: whoever asks is told "not known". */
    void cutOff(BranchId branch) {
        cutOff.add(branch);
    }

    Completion rollback(BranchId branch) {
        State state = states.get(branch);
        if (state == State.WORKING && cutOff.contains(branch)) {
            return new Completion.NotKnown();
        }
        if (state != State.PREPARED && state != State.WORKING) {
            return new Completion.NotKnown();
        }
        if (state == State.PREPARED && store.wasCommitted(GlobalTxId.fromBytes(branch.gtrid()))) {
            throw new Violation("a prepared branch of a committed transaction was rolled back");
        }
        become(branch, State.ROLLED_BACK);
        return new Completion.Done();
    }

    private void become(BranchId branch, State state) {
        switch (state) {
            case PREPARED -> store.trace().effect("prepare", branch, "prepared");
            case READ_ONLY_ENDED -> store.trace().effect("prepare", branch, "readonly");
            case COMMITTED -> store.trace().effect("commit", branch, "");
            case ROLLED_BACK -> store.trace().effect("rollback", branch, "");
            case WORKING -> throw new IllegalStateException("nothing comes back to work");
        }
        states.put(branch, state);
    }

    /** Work that was not prepared is gone, and nobody was told to roll back. */
    private void lose(BranchId branch) {
        store.trace().effect("fail", branch, "");
        states.put(branch, State.ROLLED_BACK);
    }

    List<BranchId> inDoubt() {
        List<BranchId> prepared = new ArrayList<>();
        states.forEach((branch, state) -> {
            if (state == State.PREPARED) {
                prepared.add(branch);
            }
        });
        return prepared;
    }

    /** An operator ends a prepared branch, or a failover loses it. Whether there was one. */
    boolean endByHand(BranchId branch, State how) {
        return states.replace(branch, State.PREPARED, how);
    }

    /** What a driver must not do: it commits, for a one-phase commit, what it has prepared itself. */
    void commitUndecided(BranchId branch) {
        states.replace(branch, State.PREPARED, State.COMMITTED);
    }

    /** The resource restarts: work that was not prepared is gone. */
    void restart() {
        List.copyOf(states.keySet()).forEach(this::disconnect);
    }

    /** The process that worked in the branch is gone, and its connection with it. */
    void disconnect(BranchId branch) {
        if (states.get(branch) == State.WORKING) {
            lose(branch);
        }
    }

    State state(BranchId branch) {
        return states.getOrDefault(branch, State.ROLLED_BACK);
    }
}
