/**
 * The outbox in PostgreSQL: its schema, appending to it, reading it shard by shard, and an operator's view of it.
 *
 * <p>{@link dev.assent.outbox.jdbc.Outbox} is called by applications inside their business transactions, local or XA;
 * the rest by the relay and by operators. Invariants: a visible row implies that every lower row of its key committed
 * earlier, because writers of one key take turns before they take a number; a row leaves the table only on behalf of
 * the shard's current epoch. No cursor is kept and no rows are skipped: a row that commits late is simply found.
 */
@NullMarked
package dev.assent.outbox.jdbc;

import org.jspecify.annotations.NullMarked;
