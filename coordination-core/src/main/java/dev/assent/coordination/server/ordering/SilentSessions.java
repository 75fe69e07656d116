package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.tree.SessionExpiry;
import dev.assent.coordination.tree.SessionExpiry.Expired;
import dev.assent.coordination.tree.SessionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The leader's watch over sessions: which of them have shown no life for their time-out. Times are {@link ListeningTime}.
 *
 * <p>Whoever begins to lead gives each session a full time-out and as much more as an older leader's servers may still
 * have answered its client. What a server may merely not have told is no silence: its sessions are spared until it has
 * reported since their deadline, or cannot answer their pings any more.
 */
final class SilentSessions {
    /** Sessions ended, and ephemeral znodes deleted with them, in one tick of the loop: so other work goes on. */
    private static final int ENDED_PER_TICK_MAX = 200;

    private static final int EPHEMERALS_PER_TICK_MAX = 1_000;
    /** While so many ends of silent sessions are under way no further one is ended. */
    private static final int ENDS_UNDER_WAY_MAX = 5_000;
    /** Reports of a server that may be missing before it counts as silent. */
    private static final int REPORTS_MISSED_MAX = 4;
    /** Sessions expire in buckets of this part of a tick. */
    private static final int BUCKETS_PER_TICK = 4;

    private final SessionExpiry sessions;
    private final Map<ServerId, Contact> contacts = new HashMap<>();
    private final ExpiryLog log = new ExpiryLog();
    private final long silentMillis;
    private int endsUnderWay;

    /**
     * What is known of a server's reports, in listening time.
     *
     * @param reportedMillis up to when it has surely reported all that it heard
     * @param confirmedMillis when it was last told that its word counts: it answers pings for a while after that
     */
    private record Contact(long reportedMillis, long confirmedMillis) {}

    /** What it takes to end a session. */
    interface Ending {
        /** The server that holds the session's connection, if that is known. */
        Optional<ServerId> server(SessionId session);

        /** How many ephemeral znodes end with it. */
        int ephemerals(SessionId session);

        /** Proposes their end, in one transaction; returns how many of them were not about to end already. */
        int end(List<SessionId> sessions);
    }

    /** Watches over all that are open. */
    SilentSessions(OrderingConfig setting, Iterable<SessionState> open, long nowMillis) {
        this.sessions = new SessionExpiry(Math.max(1, setting.tickMillis() / BUCKETS_PER_TICK));
        this.silentMillis = (long) setting.reportMillis() * REPORTS_MISSED_MAX;
        for (SessionState session : open) {
            int timeoutMillis = session.timeoutMillis();
            int answeredMillisMax = new EdgePatience(timeoutMillis).answeredMillisMax();
            sessions.track(session.id(), timeoutMillis, nowMillis + answeredMillisMax);
        }
    }

    void opened(SessionId session, int timeoutMillis, long nowMillis) {
        sessions.track(session, timeoutMillis, nowMillis);
    }

    /** The session's client lives; false if nobody watches over the session. */
    boolean heard(SessionId session, long nowMillis) {
        return sessions.touch(session, nowMillis);
    }

    void closed(SessionId session) {
        sessions.forget(session);
    }

    /** So many ends that were proposed here are committed. */
    void ended(int count) {
        endsUnderWay -= count;
    }

    /** A server has reported all that it heard until {@code reportedMillis}, and is told now that its word counts. */
    void reported(ServerId server, long reportedMillis, long nowMillis) {
        Contact before = contacts.get(server);
        long throughMillis = before == null ? reportedMillis : Math.max(before.reportedMillis, reportedMillis);
        contacts.put(server, new Contact(throughMillis, nowMillis));
    }

    /** A server has told which sessions it holds. */
    void claimed(ServerId server, long nowMillis) {
        contacts.put(server, new Contact(nowMillis, nowMillis));
    }

    /** Ends the silent ones, some at a time; to be called often. */
    void tick(long nowMillis, Ending ending) {
        int endedMax = Math.min(ENDED_PER_TICK_MAX, ENDS_UNDER_WAY_MAX - endsUnderWay);
        List<SessionId> silent = new ArrayList<>();
        int ephemerals = 0;
        for (int judged = 0; judged < endedMax && ephemerals < EPHEMERALS_PER_TICK_MAX; judged++) {
            // Later by what a report may take: each server had the time to tell what it heard before the deadline.
            List<Expired> next = sessions.expired(nowMillis - silentMillis, 1);
            if (next.isEmpty()) {
                break;
            }
            Expired due = next.get(0);
            if (isSilent(due, nowMillis, ending)) {
                log.expired(due.session(), due.timeoutMillis());
                silent.add(due.session());
                ephemerals += ending.ephemerals(due.session());
            } else {
                sessions.reprieve(due, nowMillis);
            }
        }
        if (!silent.isEmpty()) {
            endsUnderWay += ending.end(silent);
        }
        log.tell(nowMillis);
    }

    /**
     * Not if its server has not reported since the deadline, and may have answered the client's pings meanwhile. A server
     * does not do that for long.
     */
    private boolean isSilent(Expired due, long nowMillis, Ending ending) {
        Contact contact = ending.server(due.session()).map(contacts::get).orElse(null);
        if (contact != null && contact.reportedMillis < due.deadlineMillis()) {
            int answeredMillisMax = new EdgePatience(due.timeoutMillis()).answeredMillisMax();
            return nowMillis > contact.confirmedMillis + answeredMillisMax + due.timeoutMillis();
        }
        return true;
    }
}
