/**
 * XA resources as participants of the commit protocol: {@link dev.assent.rm.xa.XaParticipant} drives one branch over
 * the connection that did its work, {@link dev.assent.rm.xa.XaResourceManager} finds and ends branches over fresh
 * connections.
 *
 * <p>Called by {@code jta} (work) and by the transaction service (votes, phase 2, recovery). Invariant: no answer of
 * a driver is passed on unread; every XA code maps to exactly one vote or completion, in
 * {@link dev.assent.rm.xa.XaError}, and what is not known is never reported as done.
 */
@NullMarked
package dev.assent.rm.xa;

import org.jspecify.annotations.NullMarked;
