/**
 * Links between the members of an ensemble over TCP, with Netty.
 *
 * <p>Implements {@link dev.assent.coordination.spi.PeerTransport}: one link per pair, the higher id dials. Who is not
 * the expected member of the same ensemble is refused with a reason. Outgoing and incoming bytes are bounded per link.
 */
@NullMarked
package dev.assent.coordination.net.peer;

import org.jspecify.annotations.NullMarked;
