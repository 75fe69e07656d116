package dev.assent.tx.spi;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import java.io.IOException;
import java.util.List;

/** Decisions that resources took by themselves, kept durable until an operator forgets them. Thread-safe. */
public interface HeuristicLedger {

    /** One entry. {@code resource} is the name if known, else its hash. */
    record Entry(BranchId branch, String resource, HeuristicOutcome outcome, String cause) {}

    /** Durable when it returns. Keeping the same branch again changes nothing. */
    void keep(Entry entry) throws IOException;

    List<Entry> list() throws IOException;

    /** What branches of that transaction decided by themselves; as new as any write that finished before this call. */
    List<Entry> of(GlobalTxId transaction) throws IOException;

    /** The question of {@link #of}, sent off; other questions can be put before its answer is waited for. */
    default Asked ask(GlobalTxId transaction) {
        return () -> of(transaction);
    }

    /** A question that is on its way. */
    @FunctionalInterface
    interface Asked {
        /** Waits for the answer, which is as new as any write that had finished when it was asked. */
        List<Entry> entries() throws IOException;
    }

    /** By an operator's order only. Forgetting what is not there changes nothing. */
    void forget(BranchId branch) throws IOException;
}
