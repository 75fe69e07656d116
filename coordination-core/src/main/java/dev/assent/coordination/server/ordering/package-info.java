/**
 * Where requests meet the ensemble's one order: everything of a server that runs on its replica loop's thread.
 *
 * <p>{@link dev.assent.coordination.server.ordering.OrderedStore} applies committed transactions to the tree, publishes
 * the result and answers those who wait for it. Whoever leads also has a
 * {@link dev.assent.coordination.server.ordering.Primary}, which turns requests into transactions and keeps the sessions
 * alive. Servers talk to each other in {@link dev.assent.coordination.server.ordering.ServerMessage}s.
 *
 * <p>The rules kept here: an event is posted before the state that shows its change is published; a request is
 * proposed once, whatever happens to leaders and links; a session belongs to one connection.
 */
@NullMarked
package dev.assent.coordination.server.ordering;

import org.jspecify.annotations.NullMarked;
