/**
 * What an executor of sagas needs from outside: the log, time, and somebody who makes the calls.
 *
 * <p>The invariant: nothing here blocks, and a {@link dev.assent.saga.spi.SagaLog} refuses every write under an epoch
 * that is not current.
 */
@NullMarked
package dev.assent.saga.spi;

import org.jspecify.annotations.NullMarked;
