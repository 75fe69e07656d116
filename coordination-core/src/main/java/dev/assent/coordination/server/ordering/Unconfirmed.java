package dev.assent.coordination.server.ordering;

/**
 * For how long, in time in which it could have listened, a thread has seen no news of what the leader knows. After a
 * pause of its own it waits a moment for the news instead of judging at once. Not thread-safe.
 */
public final class Unconfirmed {
    private final ListeningTime time;
    private long knownMillis;
    private long newsAtMillis;

    public Unconfirmed(long nowMillis, long knownMillis) {
        this.time = new ListeningTime(nowMillis);
        this.knownMillis = knownMillis;
        this.newsAtMillis = knownMillis;
    }

    /** That, when {@link LeaderContact#knownMillis} says {@code known}. */
    public long forMillis(long nowMillis, long known) {
        long listened = time.at(nowMillis);
        if (known != knownMillis) {
            knownMillis = known;
            newsAtMillis = listened - (nowMillis - known);
        }
        return listened - newsAtMillis;
    }
}
