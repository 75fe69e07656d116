/**
 * The imperative shell around the commit protocol: threads, deadlines, retries, recovery.
 *
 * <p>{@link dev.assent.tx.coordinator.EmbeddedTransactionService} is the transaction service of one JVM whose
 * branches live in the same JVM. {@link dev.assent.tx.coordinator.RecoveryWorker} ends what dead coordinators left,
 * for every registered resource; a coordinator node uses it as well.
 *
 * <p>The invariant: decisions are taken by the pure machines only; this package runs their commands and reports what
 * happened, including that nothing is known.
 */
@NullMarked
package dev.assent.tx.coordinator;

import org.jspecify.annotations.NullMarked;
