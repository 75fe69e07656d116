/**
 * The clients' side of the network: connections, frames, limits and four-letter words, and nothing of what the
 * frames mean.
 *
 * <p>{@link dev.assent.coordination.net.client.ClientListener} accepts; each connection becomes a
 * {@link dev.assent.coordination.net.client.ClientChannel} that is confined to one event loop and hands whole frames to
 * a {@link dev.assent.coordination.net.client.Conversation}, which the server supplies. A client that breaks the
 * framing loses its own connection and hurts nobody else. Memory follows the bytes that arrived, never the length that
 * was announced.
 */
@NullMarked
package dev.assent.coordination.net.client;

import org.jspecify.annotations.NullMarked;
