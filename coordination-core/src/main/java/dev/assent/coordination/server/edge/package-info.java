/**
 * The clients' side of a server: everything that runs on the event loops of the client connections.
 *
 * <p>A {@link dev.assent.coordination.server.edge.ClientConversation} reads one client's requests. Reads are answered
 * on the spot from the newest published tree, unless requests of the same client are still under way; then they take
 * their place behind them. Writes go to the {@link dev.assent.coordination.server.ordering.OrderedStore} in batches and
 * come back as posts, which an {@link dev.assent.coordination.server.edge.EdgeLoop} hands out.
 *
 * <p>The rules kept here: a client's replies come in the order of its requests; an event is written before any reply
 * that reveals its change; what a client may have under way is bounded.
 */
@NullMarked
package dev.assent.coordination.server.edge;

import org.jspecify.annotations.NullMarked;
