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
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.spi.Clock;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionExpiry;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What only the leader does, from the moment it serves until it leads no more: prepares transactions, answers the
 * other servers' questions, and watches over the sessions. Runs on the replica loop's thread.
 *
 * <p>A new reign knows which sessions there are from the tree, gives each a full time-out, and learns from the
 * servers' claims which connection each is on.
 */
final class Reign {
    /** Znodes that are deleted in one tick because their time has come. */
    private static final int DUE_MAX = 100;

    private static final Txn.Origin NOBODY_WAITS = new Txn.Origin(new ServerId(0), 0);

    /** What a reign needs of its server. */
    interface Court {
        void propose(Txn txn);

        void tell(ServerId to, ServerMessage message);

        /** The state after the last committed transaction. */
        DataTree tree();
    }

    /** The connection that a session is on. */
    private record Owner(ServerId server, long tenure) {}

    /** An answer that waits until what was proposed before the question is applied here. */
    private record Waiting(long proposals, ServerId to, long request) {}

    private final Court court;
    private final Epoch epoch;
    private final Clock clock;
    private final Supplier<SessionPassword> passwords;
    private final TxnPreparer preparer;
    private final ChangePreparer changes;
    private final SessionExpiry sessions;
    private final SessionIds ids;
    private final Map<SessionId, Owner> owners = new HashMap<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long proposed;
    private long applied;
    private long reopened;

    Reign(Court court, Setting setting, Epoch epoch) {
        this.court = court;
        this.epoch = epoch;
        this.clock = setting.clock();
        this.passwords = setting.passwords();
        this.preparer = new TxnPreparer(court.tree());
        this.changes = new ChangePreparer(preparer, setting.decoder());
        this.sessions = new SessionExpiry(setting.tickMillis());
        this.ids = new SessionIds(setting.self(), clock.wallMillis());
        long now = clock.monotonicMillis();
        for (SessionState session : court.tree().sessions()) {
            sessions.track(session.id(), session.timeoutMillis(), now);
        }
    }

    void ask(ServerId from, Ask ask) {
        ask.order().accept(new Order.Handler<Boolean>() {
            @Override
            public Boolean open(Order.Open order) {
                openSession(new Txn.Origin(from, ask.request()), order.timeoutMillis());
                return true;
            }

            @Override
            public Boolean reopen(Order.Reopen order) {
                reopenSession(from, ask.request(), order);
                return true;
            }

            @Override
            public Boolean change(Order.Change order) {
                changeFor(new Txn.Origin(from, ask.request()), order);
                return true;
            }

            @Override
            public Boolean catchUp(Order.CatchUp order) {
                waiting.add(new Waiting(proposed, from, ask.request()));
                answerWaiting();
                return true;
            }
        });
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
        sessions.touch(id, clock.monotonicMillis());
        reopened++;
        Owner owner = new Owner(from, (long) epoch.value() << 32 | reopened);
        displace(owners.put(id, owner), id, owner.tenure());
        court.tell(
                from,
                new Reopened(request, position, owner.tenure(), session.get().timeoutMillis()));
    }

    private void changeFor(Txn.Origin origin, Order.Change order) {
        SessionId session = order.session();
        Owner owner = owners.get(session);
        boolean moved = owner != null && owner.tenure() > order.tenure();
        boolean known = owner != null && owner.tenure() == order.tenure();
        if (!moved && !known && preparer.isOpen(session)) {
            owners.put(session, new Owner(origin.server(), order.tenure()));
        }
        sessions.touch(session, clock.monotonicMillis());
        Txn.Header header = header(session, ChangePreparer.xidOf(order.frame()), origin);
        propose(moved ? preparer.reject(header, ErrorCode.SESSION_MOVED) : changes.prepare(header, order));
    }

    void heard(List<SessionId> alive) {
        long now = clock.monotonicMillis();
        alive.forEach(session -> sessions.touch(session, now));
    }

    /** A session may have been closed, or have moved on, while its server was on its own. */
    void claimed(ServerId from, List<Claim> claims) {
        long now = clock.monotonicMillis();
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
        preparer.delivered(court.tree());
        if (txn instanceof Txn.OpenSession open) {
            sessions.track(open.header().session(), open.timeoutMillis(), clock.monotonicMillis());
        } else if (txn instanceof Txn.CloseSession close) {
            sessions.forget(close.header().session());
            owners.remove(close.header().session());
        }
        answerWaiting();
    }

    private void answerWaiting() {
        Waiting next = waiting.peek();
        while (next != null && next.proposals() <= applied) {
            waiting.remove();
            court.tell(next.to(), new CaughtUp(next.request(), court.tree().zxid()));
            next = waiting.peek();
        }
    }

    /** Ends sessions whose time is over and deletes znodes that are due; to be called every tick or so. */
    void tick() {
        for (SessionId session : sessions.expired(clock.monotonicMillis())) {
            propose(preparer.closeSession(header(session, 0, NOBODY_WAITS)));
        }
        for (ZnodePath due : court.tree().due(clock.wallMillis(), DUE_MAX)) {
            preparer.removeDue(header(Txn.Header.NO_CLIENT, 0, NOBODY_WAITS), due)
                    .ifPresent(this::propose);
        }
    }

    private Txn.Header header(SessionId session, int cxid, Txn.Origin origin) {
        return new Txn.Header(session, cxid, clock.wallMillis(), origin);
    }

    private void propose(Txn txn) {
        proposed++;
        court.propose(txn);
    }
}
