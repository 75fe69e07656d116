/**
 * Executes sagas: carries out what {@link dev.assent.saga.protocol.SagaProtocol} wants, takes over the sagas of processes
 * that have died, and deletes those that ended long ago. Stands on contracts only, so that the simulation runs it too.
 *
 * <p>The invariant: everything but {@link dev.assent.saga.engine.CallBulkheads} runs on one thread, on which nothing blocks;
 * what hangs hangs in a bulkhead of its step's.
 */
@NullMarked
package dev.assent.saga.engine;

import org.jspecify.annotations.NullMarked;
