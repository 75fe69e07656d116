package dev.assent.admin.view;

import java.util.List;

/** One of them with all that is remembered. */
public record TransactionHistory(Transaction transaction, List<Event> events, long eventsLeftOut) {
    public TransactionHistory {
        events = List.copyOf(events);
    }
}
