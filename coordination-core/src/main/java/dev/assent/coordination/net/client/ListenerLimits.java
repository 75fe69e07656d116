package dev.assent.coordination.net.client;

import java.time.Duration;
import java.util.Set;

/**
 * The bounds a listener keeps its clients in.
 *
 * @param frameBytesMax the largest request accepted
 * @param replyBytesMax unsent bytes on a connection after which it is not read any further
 * @param memoryBytesMax what all connections together may hold, see {@link ClientMemory}
 * @param connections how many there may be
 * @param handshake how long a new connection may take until {@link ClientChannel#established}, TLS included
 * @param words the four-letter words that are answered
 */
public record ListenerLimits(
        int frameBytesMax,
        int replyBytesMax,
        long memoryBytesMax,
        Connections connections,
        Duration handshake,
        Set<String> words) {

    public ListenerLimits {
        words = Set.copyOf(words);
    }

    /**
     * How many connections there may be; one more is accepted and closed.
     *
     * @param perAddressMax from one address; 0 lifts the limit
     * @param inAllMax 0 lifts the limit
     * @param descriptorsMax as many as the process has descriptors for
     */
    public record Connections(int perAddressMax, int inAllMax, int descriptorsMax) {}
}
