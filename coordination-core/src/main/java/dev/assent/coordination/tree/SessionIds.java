package dev.assent.coordination.tree;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;

/**
 * Makes session ids: the server in the high byte, below it the time of this object's making, counted up. Two servers
 * never make the same id, and a restarted one only after more than 2^16 sessions a millisecond. Not thread-safe.
 */
public final class SessionIds {
    private long next;

    /**
     * Ids for one run of a server.
     *
     * @param wallMillis now; later than at the server's earlier runs
     */
    public SessionIds(ServerId server, long wallMillis) {
        this.next = ((long) server.value()) << 56 | (wallMillis << 24) >>> 8;
    }

    public SessionId next() {
        while (!Owner.isSession(next) || next == Txn.Header.NO_CLIENT.value()) {
            next++;
        }
        return new SessionId(next++);
    }
}
