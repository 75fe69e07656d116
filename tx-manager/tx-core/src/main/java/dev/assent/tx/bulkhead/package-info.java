/**
 * Threads that may hang: each resource has a bulkhead of its own, and so holds up nothing but itself.
 *
 * <p>Whoever calls a driver does it on the {@link dev.assent.tx.bulkhead.Bulkhead} of its resource; recovery, adapters and
 * agents alike. The invariant: no thread that serves more than one resource ever waits for one, and what a resource
 * that hangs can hold (threads, waiting calls) has a limit, beyond which the answer comes at once and says so.
 */
@NullMarked
package dev.assent.tx.bulkhead;

import org.jspecify.annotations.NullMarked;
