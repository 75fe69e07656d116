/**
 * Where a coordinator and its store are put together: what applications and coordinator nodes start.
 *
 * <p>{@link dev.assent.tx.service.EmbeddedTransactionService} is the transaction service of one JVM whose branches live
 * in the same JVM; {@link dev.assent.tx.service.ShardTransactionService} that of a coordinator node. The invariant: this
 * is the only package that sees both {@code coordinator} and {@code store}, and it decides nothing.
 */
@NullMarked
package dev.assent.tx.service;

import org.jspecify.annotations.NullMarked;
