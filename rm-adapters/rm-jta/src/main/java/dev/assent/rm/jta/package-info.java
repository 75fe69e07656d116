/**
 * Jakarta Transactions over the transaction service: {@link dev.assent.rm.jta.AssentTransactions} is
 * {@code TransactionManager}, {@code UserTransaction} and {@code TransactionSynchronizationRegistry} in one object.
 *
 * <p>Applications and frameworks (Spring, Hibernate, pools) call it. It keeps the association of threads with
 * transactions, the synchronizations and the enlisted branches; the outcome is the transaction service's alone.
 * Invariant: an outcome is reported as it is; what is not known is a {@code SystemException} that says so, never a
 * rollback. A transaction joined from elsewhere is never ended here.
 */
@NullMarked
package dev.assent.rm.jta;

import org.jspecify.annotations.NullMarked;
