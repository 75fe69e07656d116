package dev.assent.tx.coordinator;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The latest outcomes this process learnt, for those who ask again. Thread-safe.
 *
 * <p>The newest are kept whole. Of older ones that were plainly committed or rolled back only that is kept, in 16 bytes
 * each, so that a transaction is remembered through many thousand others; what was at all unusual is found in the
 * store.
 */
final class OutcomeMemory {
    private final int wholeMax;
    private final Map<GlobalTxId, Outcome> whole = new LinkedHashMap<>();
    private final UniqueSet committed;
    private final UniqueSet rolledBack;

    /**
     * A memory of its own size.
     *
     * @param wholeMax outcomes kept with their cause
     * @param plainMax committed ones, and rolled back ones, of which only that is kept; at least, up to twice as many
     */
    OutcomeMemory(int wholeMax, int plainMax) {
        this.wholeMax = wholeMax;
        committed = new UniqueSet(plainMax);
        rolledBack = new UniqueSet(plainMax);
    }

    synchronized void put(GlobalTxId transaction, Outcome outcome) {
        if (outcome instanceof Outcome.Unknown) {
            return; // the store may know more later
        }
        whole.put(transaction, outcome);
        if (whole.size() > wholeMax) {
            Map.Entry<GlobalTxId, Outcome> oldest = whole.entrySet().iterator().next();
            whole.remove(oldest.getKey());
            if (oldest.getValue() instanceof Outcome.Committed) {
                committed.add(oldest.getKey().unique());
            } else if (oldest.getValue() instanceof Outcome.RolledBack) {
                rolledBack.add(oldest.getKey().unique());
            }
        }
    }

    /** Somebody has found out; what is remembered already is more. */
    synchronized void rolledBack(GlobalTxId transaction, String cause) {
        if (find(transaction).isEmpty()) {
            put(transaction, new Outcome.RolledBack(cause));
        }
    }

    synchronized Optional<Outcome> find(GlobalTxId transaction) {
        Outcome known = whole.get(transaction);
        if (known != null) {
            return Optional.of(known);
        }
        if (committed.contains(transaction.unique())) {
            return Optional.of(new Outcome.Committed());
        }
        return rolledBack.contains(transaction.unique())
                ? Optional.of(new Outcome.RolledBack("it was rolled back; the cause is not remembered any more"))
                : Optional.empty();
    }
}
