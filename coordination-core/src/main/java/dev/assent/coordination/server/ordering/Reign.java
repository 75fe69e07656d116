package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.server.ordering.ServerMessage.Vouched;
import dev.assent.coordination.spi.Clock;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionExpiry;
import dev.assent.coordination.tree.SessionExpiry.Expired;
import dev.assent.coordination.tree.SessionIds;
import dev.assent.coordination.tree.SessionState;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnPreparer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What only the leader does, from the moment it serves until it leads no more: prepares transactions, answers the
 * other servers' questions, and watches over the sessions. Runs on the replica loop's thread.
 *
 * <p>A new reign knows which sessions there are from the tree, gives each a full time-out and as much more as an older
 * leader's servers may still have answered its client, and learns from the servers' claims which connection each is on.
 * Silence is judged in {@link ListeningTime}, and never by what a silent server may merely not have told.
 */
final class Reign {
    /**
     * Znodes that are deleted in one tick of the loop because their time has come, as long as there are more: so the
     * rate follows the backlog, and other work goes on in between.
     */
    private static final int REMOVED_PER_TICK_MAX = 100;
    /**
     * While so many removals are under way no further znode is deleted; of so many due ones it is looked. Of this
     * reign's own, as below: what clients have under way shall keep neither znodes nor sessions.
     */
    private static final int REMOVALS_UNDER_WAY_MAX = 1_000;
    /** Queued questions that are taken up in one tick, and after one commit. */
    private static final int QUEUED_PER_TICK_MAX = 1_000;

    private static final int QUEUED_PER_COMMIT_MAX = 10;

    /** Sessions ended, and ephemeral znodes deleted with them, in one tick of the loop: so other work goes on. */
    private static final int ENDED_PER_TICK_MAX = 200;

    private static final int EPHEMERALS_PER_TICK_MAX = 1_000;
    /** While so many ends of silent sessions are under way no further one is ended. */
    private static final int CLOSINGS_UNDER_WAY_MAX = 5_000;
    /** Reports of a server that may be missing before it counts as silent. */
    private static final int REPORTS_MISSED_MAX = 4;
    /** Sessions expire in buckets of this part of a tick. */
    private static final int BUCKETS_PER_TICK = 4;

    private static final Txn.Origin NOBODY_WAITS = new Txn.Origin(new ServerId(0), 0);

    /** What a reign needs of its server. */
    interface Court {
        void propose(Txn txn);

        /** Whether more should be proposed; what has to be proposed nevertheless, may. */
        boolean hasRoom();

        void tell(ServerId to, ServerMessage message);

        /** The state after the last committed transaction. */
        DataTree tree();
    }

    /** The connection that a session is on. */
    private record Owner(ServerId server, long tenure) {}

    /**
     * What is known of a server's reports, in listening time.
     *
     * @param reportedMillis up to when it has surely reported all that it heard
     * @param confirmedMillis when it was last told that its word counts: it answers pings for a while after that
     */
    private record Contact(long reportedMillis, long confirmedMillis) {}

    /** An answer that waits until what was proposed before the question is applied here. */
    private record Waiting(long proposals, ServerId to, long request) {}

    private final Court court;
    private final Epoch epoch;
    private final Clock clock;
    private final Supplier<SessionPassword> passwords;
    private final TxnPreparer preparer;
    private final SessionExpiry sessions;
    private final SessionIds ids;
    private final Map<SessionId, Owner> owners = new HashMap<>();
    private final AskQueue queue;
    private final Congestion congestion = new Congestion();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final Map<ServerId, Contact> contacts = new HashMap<>();

    private final ListeningTime time;
    private final Backing backing;
    private final ExpiryLog expiryLog = new ExpiryLog();
    private final long silentMillis;
    private final int halfTickMillis;
    private long removalsDueMillis;
    private long proposed;
    private long applied;
    private int closings;
    private int removals;
    private long reopened;

    Reign(Court court, Setting setting, Epoch epoch) {
        this.court = court;
        this.epoch = epoch;
        this.clock = setting.clock();
        this.passwords = setting.passwords();
        this.preparer = new TxnPreparer(court.tree());
        this.queue = new AskQueue(this::mayAnswer, this::answer);
        this.sessions = new SessionExpiry(Math.max(1, setting.tickMillis() / BUCKETS_PER_TICK));
        this.ids = new SessionIds(setting.self(), epoch);
        long now = clock.monotonicMillis();
        this.time = new ListeningTime(now);
        this.backing = new Backing(setting.self(), setting.quorum(), now);
        this.silentMillis = (long) setting.reportMillis() * REPORTS_MISSED_MAX;
        this.halfTickMillis = Math.max(1, setting.tickMillis() / 2);
        this.removalsDueMillis = now;
        for (SessionState session : court.tree().sessions()) {
            int timeoutMillis = session.timeoutMillis();
            int answeredMillisMax = new EdgePatience(timeoutMillis).answeredMillisMax();
            sessions.track(session.id(), timeoutMillis, now + answeredMillisMax);
        }
    }

    private long listened() {
        return time.at(clock.monotonicMillis());
    }

    /** Takes what a server asks in its turn. */
    void ask(ServerId from, Ask ask) {
        if (ask.order() instanceof Order.Reopen) {
            // Proposes nothing: a client shall find its session whatever the disks do.
            answer(from, ask);
        } else {
            queue.add(from, ask);
        }
    }

    private boolean mayAnswer(Ask ask) {
        return ask.order() instanceof Order.CatchUp || court.hasRoom();
    }

    private void answer(ServerId from, Ask ask) {
        ask.order().accept(new Asking(from, ask.request()));
    }

    /** What one server asks. */
    private final class Asking implements Order.Handler<Boolean> {
        private final ServerId from;
        private final long request;

        Asking(ServerId from, long request) {
            this.from = from;
            this.request = request;
        }

        private Txn.Origin origin() {
            return new Txn.Origin(from, request);
        }

        @Override
        public Boolean open(Order.Open order) {
            openSession(origin(), order.timeoutMillis());
            return true;
        }

        @Override
        public Boolean reopen(Order.Reopen order) {
            reopenSession(from, request, order);
            return true;
        }

        @Override
        public Boolean write(Order.Write order) {
            return change(order.sender(), header -> preparer.prepare(header, order.identities(), order.op()));
        }

        @Override
        public Boolean multi(Order.Multi order) {
            return change(order.sender(), header -> preparer.prepareMulti(header, order.identities(), order.ops()));
        }

        @Override
        public Boolean closeSession(Order.CloseSession order) {
            return change(order.sender(), preparer::closeSession);
        }

        @Override
        public Boolean refuse(Order.Refuse order) {
            return change(order.sender(), header -> preparer.reject(header, order.error()));
        }

        private boolean change(Order.Sender sender, Function<Txn.Header, Txn> prepared) {
            return changeFor(origin(), sender, prepared);
        }

        @Override
        public Boolean catchUp(Order.CatchUp order) {
            waiting.add(new Waiting(proposed, from, request));
            answerWaiting();
            return true;
        }
    }

    private void openSession(Txn.Origin origin, int timeoutMillis) {
        SessionId session = ids.next();
        owners.put(session, new Owner(origin.server(), 0));
        propose(preparer.openSession(header(session, 0, origin), passwords.get(), timeoutMillis));
    }

    private void reopenSession(ServerId from, long request, Order.Reopen order) {
        SessionId id = order.session();
        Optional<SessionState> session = preparer.isOpen(id) ? court.tree().session(id) : Optional.empty();
        Zxid position = court.tree().zxid();
        if (session.isEmpty()
                || !session.get().password().matches(order.password().array())) {
            court.tell(from, new Reopened(request, position, 0, 0));
            return;
        }
        sessions.touch(id, listened());
        reopened++;
        Owner owner = new Owner(from, (long) epoch.value() << 32 | reopened);
        displace(owners.put(id, owner), id, owner.tenure());
        court.tell(
                from,
                new Reopened(request, position, owner.tenure(), session.get().timeoutMillis()));
    }

    /** Returns whether the session is still on the connection that asks. */
    private boolean changeFor(Txn.Origin origin, Order.Sender sender, Function<Txn.Header, Txn> prepared) {
        SessionId session = sender.session();
        Owner owner = owners.get(session);
        boolean moved = owner != null && owner.tenure() > sender.tenure();
        boolean known = owner != null && owner.tenure() == sender.tenure();
        if (!moved && !known && preparer.isOpen(session)) {
            owners.put(session, new Owner(origin.server(), sender.tenure()));
        }
        sessions.touch(session, listened());
        Txn.Header header = header(session, sender.cxid(), origin);
        propose(moved ? preparer.reject(header, ErrorCode.SESSION_MOVED) : prepared.apply(header));
        return !moved;
    }

    /**
     * A server's report, which is confirmed when it is whole. A session whose end is proposed already, though the disks of
     * a quorum may keep it from being committed, is over for its client: that is told before the report is confirmed.
     */
    void heard(ServerId from, Heard report) {
        long now = listened();
        for (SessionId session : report.sessions()) {
            if (!sessions.touch(session, now) && !preparer.isOpen(session)) {
                court.tell(from, new Displaced(session, Long.MAX_VALUE));
            }
        }
        if (report.last()) {
            contacts.merge(
                    from,
                    new Contact(report.mark().listenedMillis(), now),
                    (old, later) -> new Contact(Math.max(old.reportedMillis, later.reportedMillis), now));
            backing.echoed(from, report.mark().clockMillis());
            long clockMillis = clock.monotonicMillis();
            Mark mark = new Mark(clockMillis, now);
            court.tell(from, new Vouched(report.throughMillis(), backing.ageMillis(clockMillis), mark));
        }
    }

    /** A session may have been closed, or have moved on, while its server was on its own. */
    void claimed(ServerId from, List<Claim> claims) {
        long now = listened();
        contacts.put(from, new Contact(now, now));
        for (Claim claim : claims) {
            SessionId session = claim.session();
            sessions.touch(session, now);
            Owner owner = owners.get(session);
            if (!preparer.isOpen(session)) {
                court.tell(from, new Displaced(session, Long.MAX_VALUE));
            } else if (owner == null || owner.tenure() < claim.tenure()) {
                owners.put(session, new Owner(from, claim.tenure()));
                displace(owner, session, claim.tenure());
            } else if (owner.tenure() > claim.tenure()) {
                court.tell(from, new Displaced(session, owner.tenure()));
            }
        }
    }

    private void displace(@Nullable Owner owner, SessionId session, long tenure) {
        if (owner != null) {
            court.tell(owner.server(), new Displaced(session, tenure));
        }
    }

    /** One of this reign's proposals was committed and applied. */
    void applied(Txn txn) {
        applied++;
        if (txn.header().origin().equals(NOBODY_WAITS)) {
            boolean removal = txn.header().session().equals(Txn.Header.NO_CLIENT);
            removals -= removal ? 1 : 0;
            closings -= removal ? 0 : 1;
        }
        preparer.delivered(court.tree());
        if (txn instanceof Txn.OpenSession open) {
            sessions.track(open.header().session(), open.timeoutMillis(), listened());
        } else if (txn instanceof Txn.CloseSession close) {
            sessions.forget(close.header().session());
            owners.remove(close.header().session());
        }
        answerWaiting();
        queue.goOn(QUEUED_PER_COMMIT_MAX);
    }

    private void answerWaiting() {
        Waiting next = waiting.peek();
        while (next != null && next.proposals() <= applied) {
            waiting.remove();
            court.tell(next.to(), new CaughtUp(next.request(), court.tree().zxid()));
            next = waiting.peek();
        }
    }

    /** Ends sessions whose time is over and removes what is due; to be called often. */
    void tick() {
        long now = listened();
        endSilent(now);
        expiryLog.tell(now);
        if (now >= removalsDueMillis) {
            removalsDueMillis = removeDue() ? now : now + halfTickMillis;
        }
        queue.goOn(QUEUED_PER_TICK_MAX);
        congestion.observe(
                queue.size() > 0,
                now,
                "requests of this leader's servers wait to be proposed",
                () -> queue.size() + ", because too much is not committed yet or waits for this server's disk. Are the"
                        + " disks of a quorum too slow?");
    }

    private void endSilent(long now) {
        int ephemerals = 0;
        for (int ended = 0; ended < ENDED_PER_TICK_MAX && ephemerals < EPHEMERALS_PER_TICK_MAX; ended++) {
            if (closings >= CLOSINGS_UNDER_WAY_MAX) {
                return;
            }
            // Later by what a report may take: each server had the time to tell what it heard before the deadline.
            List<Expired> next = sessions.expired(now - silentMillis, 1);
            if (next.isEmpty()) {
                return;
            }
            ephemerals += judge(next.get(0), now);
        }
    }

    /**
     * Ends the session, unless its server has not reported since the deadline and may have answered the client's pings
     * meanwhile. A server does not do that for long.
     *
     * @return how many ephemeral znodes end with it
     */
    private int judge(Expired due, long now) {
        SessionId session = due.session();
        Owner owner = owners.get(session);
        Contact contact = owner == null ? null : contacts.get(owner.server());
        if (contact != null && contact.reportedMillis < due.deadlineMillis()) {
            int answeredMillisMax = new EdgePatience(due.timeoutMillis()).answeredMillisMax();
            if (now <= contact.confirmedMillis + answeredMillisMax + due.timeoutMillis()) {
                sessions.reprieve(due, now);
                return 0;
            }
        }
        expiryLog.expired(session, due.timeoutMillis());
        int ephemerals =
                court.tree().session(session).map(SessionState::ephemeralCount).orElse(0);
        closings++;
        propose(preparer.closeSession(header(session, 0, NOBODY_WAITS)));
        return ephemerals;
    }

    /** Returns whether there is more to remove, or to see removed. */
    private boolean removeDue() {
        List<ZnodePath> due = court.tree().due(clock.wallMillis(), REMOVALS_UNDER_WAY_MAX);
        int removed = 0;
        for (ZnodePath path : due) {
            if (removed == REMOVED_PER_TICK_MAX || removals >= REMOVALS_UNDER_WAY_MAX) {
                return true;
            }
            Optional<Txn> removal = preparer.removeDue(header(Txn.Header.NO_CLIENT, 0, NOBODY_WAITS), path);
            if (removal.isPresent()) {
                removals++;
                removed++;
                propose(removal.get());
            }
        }
        return due.size() == REMOVALS_UNDER_WAY_MAX;
    }

    private Txn.Header header(SessionId session, int cxid, Txn.Origin origin) {
        return new Txn.Header(session, cxid, clock.wallMillis(), origin);
    }

    private void propose(Txn txn) {
        proposed++;
        court.propose(txn);
    }
}
