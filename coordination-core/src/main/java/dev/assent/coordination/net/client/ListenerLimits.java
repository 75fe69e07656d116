package dev.assent.coordination.net.client;

import java.time.Duration;
import java.util.Set;

/**
 * The bounds a listener keeps its clients in.
 *
 * @param frameBytesMax the largest request accepted
 * @param replyBytesMax unsent bytes on a connection after which it is not read any further
 * @param connectionsPerAddressMax 0 lifts the limit
 * @param connectionsMax 0 lifts the limit
 * @param handshake how long a new connection may take until {@link ClientChannel#established}
 * @param words the four-letter words that are answered
 */
public record ListenerLimits(
        int frameBytesMax,
        int replyBytesMax,
        int connectionsPerAddressMax,
        int connectionsMax,
        Duration handshake,
        Set<String> words) {

    public ListenerLimits {
        words = Set.copyOf(words);
    }
}
