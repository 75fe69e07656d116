/**
 * The imperative shell around the commit protocols: threads, deadlines, retries, recovery.
 *
 * <p>{@link dev.assent.tx.coordinator.TransactionEngine} puts it together over a store that it is given.
 * {@link dev.assent.tx.coordinator.TransactionRun} drives one transaction by the protocol that its authority names;
 * {@link dev.assent.tx.coordinator.RecoveryWorker} ends what dead coordinators left, for every registered resource.
 *
 * <p>The invariant: decisions are taken by the pure machines only; this package runs their commands and reports what
 * happened, including that nothing is known. It knows the store by its contracts, and the network not at all.
 */
@NullMarked
package dev.assent.tx.coordinator;

import org.jspecify.annotations.NullMarked;
