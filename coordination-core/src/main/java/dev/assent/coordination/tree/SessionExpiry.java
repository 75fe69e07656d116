package dev.assent.coordination.tree;

import dev.assent.coordination.model.SessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The leader's record of when each session expires unless somebody hears from its client, in buckets of one tick.
 *
 * <p>A session never expires early, and late by less than two ticks. Times are of one monotonic clock. A new leader
 * starts every session afresh. Not thread-safe.
 */
public final class SessionExpiry {
    private final int tickMillis;
    private final TreeMap<Long, Set<SessionId>> buckets = new TreeMap<>();
    private final Map<SessionId, Deadline> deadlines = new HashMap<>();

    private record Deadline(int timeoutMillis, long bucket) {}

    /**
     * A session whose time is up.
     *
     * @param deadlineMillis when it was up; its client was heard no later than a time-out before that
     */
    public record Expired(SessionId session, int timeoutMillis, long deadlineMillis) {}

    /** Buckets of this width, in milliseconds. */
    public SessionExpiry(int tickMillis) {
        if (tickMillis <= 0) {
            throw new IllegalArgumentException("tickMillis is " + tickMillis + ", not positive");
        }
        this.tickMillis = tickMillis;
    }

    /** Starts to watch over a session. */
    public void track(SessionId session, int timeoutMillis, long nowMillis) {
        forget(session);
        place(session, timeoutMillis, bucketAfter(nowMillis + timeoutMillis));
    }

    /** The client of {@code session} lives; false if the session is not tracked. Costs O(1) but once in a tick. */
    public boolean touch(SessionId session, long nowMillis) {
        Deadline deadline = deadlines.get(session);
        if (deadline == null) {
            return false;
        }
        long bucket = bucketAfter(nowMillis + deadline.timeoutMillis);
        if (bucket > deadline.bucket) {
            leave(session, deadline.bucket);
            place(session, deadline.timeoutMillis, bucket);
        }
        return true;
    }

    /** The session is closed. */
    public void forget(SessionId session) {
        Deadline deadline = deadlines.remove(session);
        if (deadline != null) {
            leave(session, deadline.bucket);
        }
    }

    /** At most {@code max} of the sessions whose time is up, in order of expiry; they are tracked no longer. */
    public List<Expired> expired(long nowMillis, int max) {
        List<Expired> expired = new ArrayList<>();
        while (expired.size() < max && !buckets.isEmpty() && buckets.firstKey() <= nowMillis) {
            Map.Entry<Long, Set<SessionId>> bucket = buckets.firstEntry();
            Iterator<SessionId> members = bucket.getValue().iterator();
            while (members.hasNext() && expired.size() < max) {
                SessionId session = members.next();
                members.remove();
                Deadline deadline = deadlines.remove(session);
                if (deadline != null) {
                    expired.add(new Expired(session, deadline.timeoutMillis, bucket.getKey()));
                }
            }
            if (bucket.getValue().isEmpty()) {
                buckets.pollFirstEntry();
            }
        }
        return expired;
    }

    /** Watches over a session again, whose time is up at the next tick after {@code nowMillis} unless it is touched. */
    public void reprieve(Expired session, long nowMillis) {
        place(session.session, session.timeoutMillis, bucketAfter(nowMillis));
    }

    public int size() {
        return deadlines.size();
    }

    private void place(SessionId session, int timeoutMillis, long bucket) {
        deadlines.put(session, new Deadline(timeoutMillis, bucket));
        buckets.computeIfAbsent(bucket, absent -> new LinkedHashSet<>()).add(session);
    }

    private void leave(SessionId session, long bucket) {
        Set<SessionId> members = buckets.get(bucket);
        if (members != null && members.remove(session) && members.isEmpty()) {
            buckets.remove(bucket);
        }
    }

    private long bucketAfter(long millis) {
        return (Math.floorDiv(millis, tickMillis) + 1) * tickMillis;
    }
}
