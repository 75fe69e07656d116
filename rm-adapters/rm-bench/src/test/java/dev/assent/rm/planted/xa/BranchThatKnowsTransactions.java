package dev.assent.rm.planted.xa;

import dev.assent.rm.jta.AssentTransactions;

/** XA must not know Jakarta Transactions. */
record BranchThatKnowsTransactions(AssentTransactions transactions) {}
