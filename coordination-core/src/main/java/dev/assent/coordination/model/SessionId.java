package dev.assent.coordination.model;

/**
 * A client session, unique for the life of the ensemble.
 *
 * @param value never 0: clients read 0 as "expired"
 */
public record SessionId(long value) implements Comparable<SessionId> {
    public SessionId {
        if (value == 0) {
            throw new IllegalArgumentException("session id 0 means no session");
        }
    }

    @Override
    public int compareTo(SessionId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(value);
    }
}
