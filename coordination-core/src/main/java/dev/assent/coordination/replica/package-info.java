/**
 * The imperative shell around the pure ZAB peer: one loop thread that drains its inbox, steps the peer, hands writes
 * to the log writer (group commit lives there and nowhere else), delivers, sends, and waits in the transport for more.
 */
@NullMarked
package dev.assent.coordination.replica;

import org.jspecify.annotations.NullMarked;
