package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/**
 * One of them with all that is remembered.
 *
 * @param decision what the store shows of it now; absent where that is not looked at
 */
public record TransactionHistory(
        Transaction transaction, Optional<DecisionSeen> decision, List<Event> events, long eventsLeftOut) {
    public TransactionHistory {
        events = List.copyOf(events);
    }

    /** The same, after a look at the store. */
    public TransactionHistory with(Optional<DecisionSeen> seen) {
        return new TransactionHistory(transaction, seen, events, eventsLeftOut);
    }
}
