package dev.assent.coordination.server.ordering;

/**
 * How many orders of its clients a server has under way.
 *
 * @param forwardedMax that the leader is asked and has not answered; the others wait
 * @param forwardedBytesMax their bytes, the last order's aside
 * @param heldMax in all; from there on no client has more than one under way, until half are left
 * @param heldBytesMax their bytes
 */
public record PendingOrderLimits(int forwardedMax, long forwardedBytesMax, int heldMax, long heldBytesMax) {
    private static final int FORWARDED_MAX = 20_000;
    private static final int HELD_MAX = 100_000;
    private static final int FORWARDED_SHARE = 4;

    public PendingOrderLimits {
        if (forwardedMax < 1 || forwardedBytesMax < 1 || heldMax < 1 || heldBytesMax < 1) {
            throw new IllegalArgumentException("a limit of pending orders is out of range");
        }
    }

    /** The usual numbers, and a quarter of these bytes for what the leader is asked. */
    public static PendingOrderLimits ofBytes(long heldBytesMax) {
        return new PendingOrderLimits(
                FORWARDED_MAX, Math.max(1, heldBytesMax / FORWARDED_SHARE), HELD_MAX, heldBytesMax);
    }
}
