package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * What this server reports to the leader of its clients' signs of life, and what the leader has confirmed. Neither stands
 * behind orders. On the replica loop's thread, {@link #heard} apart.
 */
final class LifeReports {
    private final Clock clock;
    private final BiConsumer<ServerId, ServerMessage> teller;
    private final LeaderContact contact;
    private final LeaderMarks marks = new LeaderMarks();
    private final Unreported unreported = new Unreported();
    private final Queue<Report> reports = new ConcurrentLinkedQueue<>();
    private long reportedThroughMillis;
    /** Sessions that were granted since the last report. */
    private final List<SessionId> granted = new ArrayList<>();

    private record Report(List<SessionId> sessions, long throughMillis) {}

    /** Nothing is reported yet. */
    LifeReports(Clock clock, BiConsumer<ServerId, ServerMessage> teller) {
        this.clock = clock;
        this.teller = teller;
        this.contact = new LeaderContact(clock);
        this.reportedThroughMillis = clock.monotonicMillis();
    }

    /** What the leader knows of this server's clients. */
    LeaderContact leaderContact() {
        return contact;
    }

    /** See {@link OrderedStore#heard}. Any thread. */
    void heard(List<SessionId> sessions, long throughMillis) {
        reports.add(new Report(List.copyOf(sessions), throughMillis));
    }

    /** A client is told of its session, and believes in it from then on. */
    void granted(SessionId session) {
        granted.add(session);
    }

    /** Passes on what was heard since the last time, to the leader if there is one. */
    void passOn(Optional<ServerId> leader) {
        List<SessionId> alive = new ArrayList<>();
        boolean reported = false;
        for (Report report = reports.poll(); report != null; report = reports.poll()) {
            alive.addAll(report.sessions());
            reportedThroughMillis = report.throughMillis();
            reported = true;
        }
        if (reported) {
            alive.addAll(granted);
            granted.clear();
        }
        unreported.heard(alive, reportedThroughMillis);
        if (reported && leader.isPresent()) {
            report(leader.get(), alive);
        }
    }

    /** Another leader, or none: what an earlier one marked means nothing any more. */
    void leaderChanged() {
        marks.clear();
    }

    /** A new leader hears of all that no leader has confirmed. */
    void catchUp(ServerId leader) {
        report(leader, unreported.sessions());
    }

    private void report(ServerId leader, List<SessionId> alive) {
        int from = 0;
        for (; alive.size() - from > OrderedStore.LISTED_MAX; from += OrderedStore.LISTED_MAX) {
            teller.accept(leader, message(alive.subList(from, from + OrderedStore.LISTED_MAX), false));
        }
        teller.accept(leader, message(alive.subList(from, alive.size()), true));
    }

    private Heard message(List<SessionId> alive, boolean last) {
        return new Heard(alive, last, reportedThroughMillis, marks.before(reportedThroughMillis));
    }

    /** The leader has a report. */
    void confirmed(Confirmed message) {
        contact.knownThrough(message.throughMillis() - message.backedMillisAgo());
        unreported.confirmed(message.throughMillis());
        marks.add(message.mark(), clock.monotonicMillis());
    }

    /** No session that was granted here is on a connection any more. */
    void forgetGranted() {
        granted.clear();
    }
}
