package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionIds;
import dev.assent.coordination.tree.SessionState;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnPreparer;
import dev.assent.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What only the leader does, from the moment it serves until it leads no more: prepares transactions, answers the
 * other servers' questions, and watches over the sessions. Runs on the replica loop's thread.
 *
 * <p>A new primary knows which sessions there are from the tree, and learns from the servers' claims which connection
 * each is on ({@link SessionOwners}). Which are over, {@link SilentSessions} judges.
 */
final class Primary {
    /**
     * Znodes that are deleted in one tick of the loop because their time has come, as long as there are more: so the
     * rate follows the backlog, and other work goes on in between.
     */
    private static final int REMOVED_PER_TICK_MAX = 100;
    /**
     * While so many removals are under way no further znode is deleted; of so many due ones it is looked. Of this
     * primary's own, as below: what clients have under way shall keep neither znodes nor sessions.
     */
    private static final int REMOVALS_UNDER_WAY_MAX = 1_000;
    /** Queued questions that are taken up in one tick, and after one commit. */
    private static final int QUEUED_PER_TICK_MAX = 1_000;

    private static final int QUEUED_PER_COMMIT_MAX = 10;

    private static final Txn.Origin NOBODY_WAITS = new Txn.Origin(new ServerId(0), 0);

    /** What a primary needs of its server. */
    interface Context {
        void propose(Txn txn);

        /** Whether more should be proposed; what has to be proposed nevertheless, may. */
        boolean hasRoom();

        void tell(ServerId to, ServerMessage message);

        /** The state after the last committed transaction. */
        DataTree tree();
    }

    /** An answer that waits until what was proposed before the question is applied here. */
    private record Waiting(long proposals, ServerId to, long request) {}

    private final Context context;
    private final Clock clock;
    private final Supplier<SessionPassword> passwords;
    private final TxnPreparer preparer;
    private final SilentSessions sessions;
    private final SessionIds ids;
    private final SessionOwners owners;
    private final EndsSessions ending = new EndsSessions();
    private final ForwardedQueue queue;
    private final Congestion congestion = new Congestion();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final ListeningTime time;
    private final QuorumContact backing;
    private final int halfTickMillis;
    private long removalsDueMillis;
    private long proposed;
    private long applied;
    private int removals;

    Primary(Context context, OrderingConfig setting, Epoch epoch) {
        this.context = context;
        this.clock = setting.clock();
        this.passwords = setting.passwords();
        this.preparer = new TxnPreparer(context.tree());
        this.queue = new ForwardedQueue(this::mayAnswer, this::answer);
        this.owners = new SessionOwners(context, epoch, preparer::isOpen);
        this.ids = new SessionIds(setting.self(), epoch);
        long now = clock.monotonicMillis();
        this.time = new ListeningTime(now);
        this.backing = new QuorumContact(setting.self(), setting.quorum(), now);
        this.sessions = new SilentSessions(setting, context.tree().sessions(), now);
        this.halfTickMillis = Math.max(1, setting.tickMillis() / 2);
        this.removalsDueMillis = now;
    }

    private long listened() {
        return time.at(clock.monotonicMillis());
    }

    /** Takes what a server asks in its turn. */
    void take(ServerId from, ForwardedOrder forwarded) {
        if (forwarded.order() instanceof Order.Reopen) {
            // Proposes nothing: a client shall find its session whatever the disks do.
            answer(from, forwarded);
        } else {
            queue.add(from, forwarded);
        }
    }

    private boolean mayAnswer(ForwardedOrder forwarded) {
        return forwarded.order() instanceof Order.CatchUp || context.hasRoom();
    }

    private void answer(ServerId from, ForwardedOrder forwarded) {
        forwarded.order().accept(new Forwarder(from, forwarded.request()));
    }

    /** What one server asks. */
    private final class Forwarder implements Order.Handler<Boolean> {
        private final ServerId from;
        private final long request;

        Forwarder(ServerId from, long request) {
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
        owners.opened(session, origin.server());
        propose(preparer.openSession(header(session, 0, origin), passwords.get(), timeoutMillis));
    }

    private void reopenSession(ServerId from, long request, Order.Reopen order) {
        SessionId id = order.session();
        Optional<SessionState> session = preparer.isOpen(id) ? context.tree().session(id) : Optional.empty();
        Zxid position = context.tree().zxid();
        if (session.isEmpty()
                || !session.get().password().matches(order.password().array())) {
            context.tell(from, new Reopened(request, position, 0, 0));
            return;
        }
        sessions.heard(id, listened());
        long tenure = owners.move(id, from);
        context.tell(from, new Reopened(request, position, tenure, session.get().timeoutMillis()));
    }

    /** Returns whether the session is still on the connection that asks. */
    private boolean changeFor(Txn.Origin origin, Order.Sender sender, Function<Txn.Header, Txn> prepared) {
        SessionId session = sender.session();
        boolean here = owners.isOn(origin.server(), session, sender.tenure());
        sessions.heard(session, listened());
        Txn.Header header = header(session, sender.cxid(), origin);
        propose(here ? prepared.apply(header) : preparer.reject(header, ErrorCode.SESSION_MOVED));
        return here;
    }

    /**
     * A server's report, which is confirmed when it is whole. A session whose end is proposed already, though the disks of
     * a quorum may keep it from being committed, is over for its client: that is told before the report is confirmed.
     */
    void heard(ServerId from, Heard report) {
        long now = listened();
        for (SessionId session : report.sessions()) {
            if (!sessions.heard(session, now)) {
                owners.mentioned(from, session);
            }
        }
        if (report.last()) {
            sessions.reported(from, report.mark().listenedMillis(), now);
            backing.echoed(from, report.mark().clockMillis());
            long clockMillis = clock.monotonicMillis();
            Mark mark = new Mark(clockMillis, now);
            context.tell(from, new Confirmed(report.throughMillis(), backing.ageMillis(clockMillis), mark));
        }
    }

    /** A server tells a new leader which sessions it holds. */
    void claimed(ServerId from, List<Claim> claims) {
        long now = listened();
        sessions.claimed(from, now);
        for (Claim claim : claims) {
            sessions.heard(claim.session(), now);
            owners.claimed(from, claim);
        }
    }

    /** One of this primary's proposals was committed and applied. */
    void applied(Txn txn) {
        applied++;
        if (txn instanceof Txn.ExpireSessions expiry) {
            sessions.ended(expiry.sessions().size());
        } else if (txn.header().origin().equals(NOBODY_WAITS)) {
            removals--;
        }
        preparer.delivered(context.tree());
        if (txn instanceof Txn.OpenSession open) {
            sessions.opened(open.header().session(), open.timeoutMillis(), listened());
        }
        for (SessionId closed : txn.closedSessions()) {
            sessions.closed(closed);
            owners.forget(closed);
        }
        answerWaiting();
        queue.goOn(QUEUED_PER_COMMIT_MAX);
    }

    private void answerWaiting() {
        Waiting next = waiting.peek();
        while (next != null && next.proposals() <= applied) {
            waiting.remove();
            context.tell(next.to(), new CaughtUp(next.request(), context.tree().zxid()));
            next = waiting.peek();
        }
    }

    /** Ends sessions whose time is over and removes what is due; to be called often. */
    void tick() {
        long now = listened();
        sessions.tick(now, ending);
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

    /** How sessions end that show no life. */
    private final class EndsSessions implements SilentSessions.Ending {
        @Override
        public Optional<ServerId> server(SessionId session) {
            return owners.server(session);
        }

        @Override
        public int ephemerals(SessionId session) {
            return context.tree()
                    .session(session)
                    .map(SessionState::ephemeralCount)
                    .orElse(0);
        }

        @Override
        public int end(List<SessionId> silent) {
            Optional<Txn.ExpireSessions> expiry =
                    preparer.expireSessions(header(Txn.Header.NO_CLIENT, 0, NOBODY_WAITS), silent);
            expiry.ifPresent(Primary.this::propose);
            return expiry.map(txn -> txn.sessions().size()).orElse(0);
        }
    }

    /** Returns whether there is more to remove, or to see removed. */
    private boolean removeDue() {
        List<ZnodePath> due = context.tree().due(clock.epochMillis(), REMOVALS_UNDER_WAY_MAX);
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
        return new Txn.Header(session, cxid, clock.epochMillis(), origin);
    }

    private void propose(Txn txn) {
        proposed++;
        context.propose(txn);
    }
}
