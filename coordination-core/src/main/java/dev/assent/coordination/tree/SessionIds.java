package dev.assent.coordination.tree;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;

/**
 * Makes session ids: the server in the high byte, below it a 1, 23 bits of the epoch that it leads, and 32 bits counted
 * up. No clock has a part in it, so a machine without one makes no id twice: two servers never do, nor one in two epochs,
 * but for those 2^23 elections or 2^32 sessions of one epoch apart. The 1 keeps them apart from what {@link Owner} says
 * otherwise. Not thread-safe.
 */
public final class SessionIds {
    private static final int SERVER_SHIFT = 56;
    private static final long NEVER_ZERO = 1L << 55;
    private static final int EPOCH_SHIFT = 32;
    private static final long EPOCH_MASK = (1L << 23) - 1;
    /** All ones is never reached: that could read as {@link Txn.Header#NO_CLIENT}. */
    private static final long COUNTED_MAX = (1L << EPOCH_SHIFT) - 1;

    private final long first;
    private long made;

    /** Ids for one epoch of a leader. */
    public SessionIds(ServerId server, Epoch epoch) {
        this.first = (long) server.value() << SERVER_SHIFT | NEVER_ZERO | (epoch.value() & EPOCH_MASK) << EPOCH_SHIFT;
    }

    public SessionId next() {
        SessionId id = new SessionId(first | made % COUNTED_MAX);
        made++;
        return id;
    }
}
