package dev.assent.coordination.tree;

/**
 * What a znode's owner field says, as ZooKeeper encodes it in one number: 0 for nobody, a session, the mark of a
 * container, or a time to live. Clients are shown sessions only.
 *
 * <p>A time to live has the bytes ff 00 00 on top, and below them 40 bits of milliseconds.
 */
final class Owner {
    static final long NOBODY = 0;

    /** Of a container. */
    static final long CONTAINER = Long.MIN_VALUE;

    /** The longest time to live: some 34 years. */
    static final long TTL_MILLIS_MAX = (1L << 40) - 1;

    private static final long TTL_MARK = 0xff00_0000_0000_0000L;

    private Owner() {}

    /** Of a znode with this time to live, 1 to {@link #TTL_MILLIS_MAX}. */
    static long ofTtl(long ttlMillis) {
        if (!isTtl(ttlMillis)) {
            throw new IllegalArgumentException("a time to live of " + ttlMillis + " ms");
        }
        return TTL_MARK | ttlMillis;
    }

    /** Whether a znode may have this time to live. */
    static boolean isTtl(long ttlMillis) {
        return ttlMillis >= 1 && ttlMillis <= TTL_MILLIS_MAX;
    }

    /** The time to live in milliseconds; 0 if it has none. */
    static long ttlMillis(long owner) {
        return (owner & ~TTL_MILLIS_MAX) == TTL_MARK ? owner & TTL_MILLIS_MAX : 0;
    }

    /** Whether it names a session. */
    static boolean isSession(long owner) {
        return owner != NOBODY && owner != CONTAINER && ttlMillis(owner) == 0;
    }
}
