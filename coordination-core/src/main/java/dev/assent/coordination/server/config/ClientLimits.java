package dev.assent.coordination.server.config;

import java.time.Duration;

/**
 * What clients may use of a server; each is a bound on memory or time that a client could otherwise exhaust.
 *
 * @param frameBytesMax the largest request frame accepted; ZooKeeper's jute.maxbuffer
 * @param connectionsPerAddressMax ZooKeeper's maxClientCnxns; 0 lifts the limit
 * @param connectionsMax ZooKeeper's maxCnxns: connections in all; 0 lifts the limit
 * @param requestsPerConnectionMax requests under way on a connection, after which it is not read any further
 * @param requestBytesPerConnectionMax the same in bytes of request frames
 * @param replyBytesPerConnectionMax unsent reply bytes on a connection, after which it is not read any further
 * @param handshake how long a fresh connection may take to say which session it wants
 */
public record ClientLimits(
        int frameBytesMax,
        int connectionsPerAddressMax,
        int connectionsMax,
        int requestsPerConnectionMax,
        int requestBytesPerConnectionMax,
        int replyBytesPerConnectionMax,
        Duration handshake) {

    public static final ClientLimits DEFAULT =
            new ClientLimits(1 << 20, 60, 0, 1_000, 4 << 20, 4 << 20, Duration.ofSeconds(10));

    public ClientLimits {
        if (frameBytesMax < 1_024 || frameBytesMax > 64 << 20) {
            throw new IllegalArgumentException("jute.maxbuffer=" + frameBytesMax + " is outside 1024..67108864");
        }
        if (connectionsPerAddressMax < 0 || connectionsMax < 0) {
            throw new IllegalArgumentException("a connection limit is negative");
        }
        if (requestsPerConnectionMax < 1 || requestBytesPerConnectionMax < 1 || replyBytesPerConnectionMax < 1) {
            throw new IllegalArgumentException("a request limit is not positive");
        }
        if (handshake.isNegative() || handshake.isZero()) {
            throw new IllegalArgumentException("the handshake time-out is not positive");
        }
    }

    public ClientLimits withFrameBytesMax(int bytes) {
        return new ClientLimits(
                bytes,
                connectionsPerAddressMax,
                connectionsMax,
                requestsPerConnectionMax,
                requestBytesPerConnectionMax,
                replyBytesPerConnectionMax,
                handshake);
    }

    public ClientLimits withConnections(int perAddressMax, int inAllMax) {
        return new ClientLimits(
                frameBytesMax,
                perAddressMax,
                inAllMax,
                requestsPerConnectionMax,
                requestBytesPerConnectionMax,
                replyBytesPerConnectionMax,
                handshake);
    }

    public ClientLimits withRequests(int perConnectionMax, int bytesPerConnectionMax) {
        return new ClientLimits(
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                perConnectionMax,
                bytesPerConnectionMax,
                replyBytesPerConnectionMax,
                handshake);
    }

    public ClientLimits withHandshake(Duration timeout) {
        return new ClientLimits(
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                requestsPerConnectionMax,
                requestBytesPerConnectionMax,
                replyBytesPerConnectionMax,
                timeout);
    }
}
