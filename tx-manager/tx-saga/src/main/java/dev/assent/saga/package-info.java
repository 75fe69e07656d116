/**
 * {@link dev.assent.saga.Sagas}: sagas of one process, put together with their store; and
 * {@link dev.assent.saga.SagaArchive}, which looks at those of all.
 *
 * <p>The invariant: whatever was said to be started is completed or compensated, by this process or by another one that
 * has its definition.
 */
@NullMarked
package dev.assent.saga;

import org.jspecify.annotations.NullMarked;
