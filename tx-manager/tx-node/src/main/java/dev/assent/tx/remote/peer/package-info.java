/**
 * Links among coordinator nodes: each attends to all others, and tells who seems dead.
 *
 * <p>The opinion is {@link dev.assent.tx.shards.Suspicion}'s; here are the sockets, and one thread that waits for nothing
 * and that no service, database or store can occupy.
 */
@NullMarked
package dev.assent.tx.remote.peer;

import org.jspecify.annotations.NullMarked;
