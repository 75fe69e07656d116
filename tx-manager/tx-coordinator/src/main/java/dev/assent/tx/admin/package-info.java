/**
 * What operators can see: counters of what the transaction service did.
 *
 * <p>The coordinator counts; exporters read snapshots. Counting never blocks and never fails.
 */
@NullMarked
package dev.assent.tx.admin;

import org.jspecify.annotations.NullMarked;
