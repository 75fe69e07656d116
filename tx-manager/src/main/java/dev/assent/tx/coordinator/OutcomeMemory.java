package dev.assent.tx.coordinator;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The latest outcomes this process learnt, for those who ask again. Thread-safe. */
final class OutcomeMemory {
    private final int entriesMax;
    private final Map<GlobalTxId, Outcome> outcomes = new LinkedHashMap<>();

    OutcomeMemory(int entriesMax) {
        this.entriesMax = entriesMax;
    }

    synchronized void put(GlobalTxId transaction, Outcome outcome) {
        if (outcome instanceof Outcome.Unknown) {
            return; // the store may know more later
        }
        outcomes.put(transaction, outcome);
        if (outcomes.size() > entriesMax) {
            outcomes.remove(outcomes.keySet().iterator().next());
        }
    }

    synchronized Optional<Outcome> find(GlobalTxId transaction) {
        return Optional.ofNullable(outcomes.get(transaction));
    }
}
