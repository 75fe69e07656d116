package dev.assent.shop.planted.inventory;

import dev.assent.rm.jta.AssentTransactions;

/** Looks at the transaction that it should only take part in. */
public final class KnowsTheTransaction {
    boolean isInside(AssentTransactions transactions) {
        return transactions.getTransaction() != null;
    }
}
