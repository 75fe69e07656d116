package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/** Some of the transactions that are remembered, the newest first. */
public record TransactionPage(
        List<Transaction> transactions, Optional<String> next, int remembered, long missedEvents) {
    public TransactionPage {
        transactions = List.copyOf(transactions);
    }
}
