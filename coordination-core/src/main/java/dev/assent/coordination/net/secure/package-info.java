/**
 * TLS on the pipelines of both kinds of listeners: what a {@link dev.assent.security.Security} shows and trusts, put before
 * everything else that reads a connection.
 *
 * <p>The invariants: nothing of a connection is read before its handshake is over; what a handshake costs is computed on
 * threads of its own, never on an event loop; and who connects and says nothing is the first to go when there are too many.
 */
@NullMarked
package dev.assent.coordination.net.secure;

import org.jspecify.annotations.NullMarked;
