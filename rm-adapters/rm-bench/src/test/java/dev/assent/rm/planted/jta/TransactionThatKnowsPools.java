package dev.assent.rm.planted.jta;

import dev.assent.rm.jdbc.PoolLimits;

/** Transactions must not know who uses them. */
record TransactionThatKnowsPools(PoolLimits limits) {}
