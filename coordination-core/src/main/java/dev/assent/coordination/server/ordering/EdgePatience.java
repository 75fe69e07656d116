package dev.assent.coordination.server.ordering;

/**
 * How long a server goes on for a client although the leader may not know any more that the client lives. The two
 * bounds leave the client most of its time-out to find another server.
 *
 * @param timeoutMillis the session's
 */
public record EdgePatience(int timeoutMillis) {
    private static final int ANSWERED_SHARE = 4;
    private static final int KEPT_SHARE = 2;

    /**
     * Whether a ping may be answered, given how old at most the leader's knowledge of this server's clients is. An
     * answer lets the client believe in its session for another time-out.
     */
    public boolean mayAnswer(long ageMillis) {
        return ageMillis <= answeredMillisMax();
    }

    /**
     * Whether a client may be told that it has its session: a promise like an answered ping, which also rests on what
     * the leader has known since the session was granted.
     *
     * @param grantedMillisAgo how long ago this server learned that the session is the client's; from then on it
     *     reports it as living
     */
    public boolean mayOpen(long ageMillis, long grantedMillisAgo) {
        return mayAnswer(ageMillis) && mayAnswer(grantedMillisAgo);
    }

    /** For as long after the leader last knew all that this server had heard may pings have been answered. */
    public int answeredMillisMax() {
        return timeoutMillis / ANSWERED_SHARE;
    }

    /** Whether the client has to move, given for how long this server has learned of no news at the leader. */
    public boolean mustEnd(long unconfirmedMillis) {
        return unconfirmedMillis > timeoutMillis / KEPT_SHARE;
    }
}
