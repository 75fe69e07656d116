package dev.assent.coordination.jute;

/**
 * How much of anything a client's frame may hold.
 *
 * @param frameBytesMax the whole frame, as ZooKeeper's {@code jute.maxbuffer}
 * @param multiOpsMax operations of one multi
 * @param pathsMax paths in one setWatches
 */
public record RequestLimits(int frameBytesMax, int multiOpsMax, int pathsMax) {
    public static final RequestLimits DEFAULT = new RequestLimits(1_048_575, 10_000, 100_000);

    public RequestLimits {
        if (frameBytesMax < 1 || multiOpsMax < 1 || pathsMax < 1) {
            throw new IllegalArgumentException("limits must be positive: " + frameBytesMax + " bytes, " + multiOpsMax
                    + " operations, " + pathsMax + " paths");
        }
    }
}
