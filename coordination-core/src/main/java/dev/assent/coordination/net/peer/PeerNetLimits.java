package dev.assent.coordination.net.peer;

/**
 * Bounds of the links between members.
 *
 * @param connectMillisMax until a dialled connection must be up
 * @param handshakeMillisMax until both sides must have introduced themselves
 * @param idleMillisMax without a byte from the other side until the link counts as broken; a third of it without a
 *     byte to send makes this side send a keep-alive
 * @param redialMillisMin pause before the second attempt; doubles with each. The first follows at once
 * @param redialMillisMax the longest such pause
 * @param outgoingBytesMax unsent bytes of one link, beyond which it is closed: the other side is too slow
 * @param unprocessedBytesMax bytes received from one link and not yet dealt with, beyond which it is not read
 */
public record PeerNetLimits(
        int connectMillisMax,
        int handshakeMillisMax,
        int idleMillisMax,
        int redialMillisMin,
        int redialMillisMax,
        long outgoingBytesMax,
        long unprocessedBytesMax) {
    public static final PeerNetLimits DEFAULT =
            new PeerNetLimits(2_000, 3_000, 6_000, 50, 1_000, 320L << 20, 16L << 20);

    public PeerNetLimits withIdleMillisMax(int millis) {
        return new PeerNetLimits(
                connectMillisMax,
                handshakeMillisMax,
                millis,
                redialMillisMin,
                redialMillisMax,
                outgoingBytesMax,
                unprocessedBytesMax);
    }

    public PeerNetLimits withOutgoingBytesMax(long bytes) {
        return new PeerNetLimits(
                connectMillisMax,
                handshakeMillisMax,
                idleMillisMax,
                redialMillisMin,
                redialMillisMax,
                bytes,
                unprocessedBytesMax);
    }

    public PeerNetLimits {
        if (connectMillisMax < 1
                || handshakeMillisMax < 1
                || idleMillisMax < 3
                || redialMillisMin < 1
                || redialMillisMax < redialMillisMin
                || outgoingBytesMax < 1
                || unprocessedBytesMax < 1) {
            throw new IllegalArgumentException("a limit of the peer network is out of range");
        }
    }
}
