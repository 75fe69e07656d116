package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.replica.StateMachine;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claimed;
import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.Forwarded;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.tree.Applied;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionState;
import dev.assent.coordination.tree.SnapshotCodec;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnCodec;
import dev.assent.coordination.zab.Role;
import dev.assent.invariants.Invariants;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated state and the orders of this server's clients, on the replica loop's thread.
 *
 * <p>Through a change of leader, connections and what is under way on them are kept: orders wait. Once a leader
 * serves again, this server asks to be caught up. Whatever of its orders made it into the history has been answered by
 * then and the rest never will be, so the rest is asked anew: each order counts exactly once. The edge itself closes the
 * connections whose sessions have waited too long for the leader to know of them ({@link EdgePatience}); all are closed
 * when a snapshot replaced the history.
 */
public final class OrderedStore implements StateMachine, Primary.Context {
    /** A message to the leader takes no further orders when it is larger. */
    private static final int FORWARDED_BYTES_MAX = 256 << 10;

    /** How often orders of connections that are gone are looked for. */
    private static final int DROP_MILLIS = 500;
    /** Sessions in one message. */
    static final int LISTED_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(OrderedStore.class);

    private final OrderingConfig setting;
    private final ReplicaLoop loop;
    private final Edge edge;
    private final WatchedTree watched;
    private final PendingOrders pending;
    private final LocalSessions locals = new LocalSessions();
    private final OwnTransactions own = new OwnTransactions();
    private final PostponedAnswers postponed = new PostponedAnswers();
    private final LifeReports reports;

    private final Consumer<RoleView> onRole;

    private RoleView view = RoleView.NONE;
    private @Nullable Primary primary;
    private long catchUp;
    private boolean current;
    private boolean waking;
    private final Intake intake;
    private final Queue<Departure> departures = new ConcurrentLinkedQueue<>();
    private final Congestion congestion = new Congestion();
    private boolean crowded;
    private long dropAtMillis;

    private record Departure(SessionId session, Client client) {}

    public OrderedStore(
            OrderingConfig setting,
            PendingOrderLimits limits,
            ReplicaLoop loop,
            Edge edge,
            WatchedTree watched,
            Consumer<RoleView> onRole) {
        this.setting = setting;
        this.loop = loop;
        this.edge = edge;
        this.watched = watched;
        this.onRole = onRole;
        this.pending = new PendingOrders(setting.randomStart(), limits);
        this.intake = new Intake(this::onLoop, this::enter);
        this.reports = new LifeReports(setting.clock(), this::tell);
    }

    /** Takes orders from clients. Any thread; never waits. */
    public void submit(List<Submission> submissions) {
        intake.add(submissions);
    }

    private void enter(List<Submission> submissions) {
        submissions.forEach(pending::enter);
        forwardMore();
    }

    /** Asks the leader what it may be asked by now. */
    private void forwardMore() {
        if (current && pending.isAnyWaiting()) {
            forwardAll(loop.hasRoom() ? pending.forward() : pending.forwardReopenings());
        }
        if (pending.isCrowded() != crowded) {
            crowded = !crowded;
            edge.crowded(crowded);
        }
    }

    /** Nothing piles up for connections that are gone, whatever the disks of a quorum do. */
    private void tidyUp() {
        if (!loop.hasRoom()) {
            intake.takeAll();
        }
        long now = setting.clock().monotonicMillis();
        if (now >= dropAtMillis) {
            dropAtMillis = now + DROP_MILLIS;
            dropDisconnected();
        }
        forwardMore();
        congestion.observe(
                crowded,
                now,
                "too many requests of this server's clients are under way",
                () -> pending.size() + ", " + (pending.bytes() >> 10)
                        + " KiB. A client with a request under way is not read on. Are the disks of a quorum too"
                        + " slow?");
    }

    private void dropDisconnected() {
        if (current) {
            pending.dropDisconnected();
        } else {
            pending.dropAllDisconnected();
        }
    }

    /** What the leader knows of this server's clients. */
    public LeaderContact leaderContact() {
        return reports.leaderContact();
    }

    /** A replica that has stopped takes no tasks; the connections that gave them are being closed. */
    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the replica has stopped", stopped);
        }
    }

    /**
     * Tells which sessions have shown life since this was last called. Any thread; neither waits nor stands behind
     * orders.
     *
     * @param throughMillis the moment up to which everything heard is reported with this
     */
    public void heard(List<SessionId> sessions, long throughMillis) {
        reports.heard(sessions, throughMillis);
    }

    /** A connection is gone. Any thread; never waits. */
    public void left(SessionId session, Client client) {
        departures.add(new Departure(session, client));
    }

    /** Everything that must go on whatever waits for the disk or for a commit. */
    @Override
    public void ticked() {
        for (Departure gone = departures.poll(); gone != null; gone = departures.poll()) {
            locals.leave(gone.session(), gone.client());
        }
        reports.passOn(leader());
        Primary mine = primary;
        if (mine != null) {
            mine.tick();
        }
        tidyUp();
        // The task that does this otherwise waits for the disk.
        edge.wake();
    }

    @Override
    public DataTree tree() {
        return watched.tree();
    }

    @Override
    public void committed(Zxid zxid, Payload payload) {
        Txn txn = own.committed(payload).orElseGet(() -> decode(payload));
        Applied applied = watched.tree().apply(zxid, txn);
        watched.publish(zxid, applied);
        Primary mine = primary;
        if (mine != null) {
            loop.hurry(txn.header().origin().server());
            mine.applied(txn);
        }
        if (txn.header().origin().server().equals(setting.self())) {
            pending.settle(txn.header().origin().request()).ifPresent(waiter -> answer(waiter, txn, zxid, applied));
        }
        for (SessionId closed : txn.closedSessions()) {
            locals.close(closed).ifPresent(client -> {
                client.end("its session is closed");
                edge.sessionOver(closed);
            });
        }
        postponed.give(tree().zxid());
        wakeLater();
    }

    private static Txn decode(Payload payload) {
        try {
            return TxnCodec.decode(payload);
        } catch (CorruptEncoding e) {
            // Applying anything else than what the others apply would be worse than to stop.
            throw new UncheckedIOException("a committed transaction cannot be read", e);
        }
    }

    private void answer(Submission waiter, Txn txn, Zxid zxid, Applied applied) {
        if (!(txn instanceof Txn.OpenSession open)) {
            waiter.client().reply(waiter.ticket(), new Reply.Settled(zxid, applied));
            return;
        }
        Optional<SessionState> session = applied.tree().session(open.header().session());
        Invariants.check(session.isPresent(), "a session just opened is open");
        bind(waiter, session.get(), 0);
    }

    private void bind(Submission waiter, SessionState session, long tenure) {
        locals.bind(session.id(), waiter.client(), tenure)
                .ifPresent(older -> older.end("its session is on a newer connection"));
        reports.granted(session.id());
        edge.sessionBound(session.id(), session.timeoutMillis());
        long now = setting.clock().monotonicMillis();
        waiter.client().reply(waiter.ticket(), new Reply.Opened(session, tenure, now));
    }

    @Override
    public void roleChanged(Role role, Epoch epoch, Optional<ServerId> leader, boolean serving) {
        view = new RoleView(role, epoch, leader, serving);
        boolean wasCurrent = current;
        primary = null;
        own.clear();
        current = false;
        postponed.clear();
        reports.leaderChanged();
        if (serving) {
            if (role == Role.LEADING) {
                primary = new Primary(this, setting, epoch);
            }
            ServerId leading = leader.orElseThrow(() -> new IllegalArgumentException("served without a leader"));
            inParts(locals.claims(), part -> tell(leading, new Claimed(part)));
            reports.catchUp(leading);
            catchUp = pending.next();
            tell(leading, new Forwarded(List.of(new ForwardedOrder(catchUp, new Order.CatchUp()))));
        } else if (wasCurrent) {
            edge.suspend();
        }
        onRole.accept(view);
    }

    private static <T> void inParts(List<T> all, Consumer<List<T>> message) {
        for (int from = 0; from < all.size(); from += LISTED_MAX) {
            message.accept(all.subList(from, Math.min(all.size(), from + LISTED_MAX)));
        }
    }

    private void becomeCurrent() {
        current = true;
        pending.dropAllDisconnected();
        forwardAll(pending.forwardAnew());
        forwardMore();
        edge.resume();
    }

    private void cutOff(String why) {
        intake.drain().forEach(pending::enter);
        pending.clear();
        locals.clear();
        reports.forgetGranted();
        edge.endAll(why);
    }

    @Override
    public void received(ServerId from, Payload payload) {
        ServerMessage message;
        try {
            message = ServerMessageCodec.decode(payload);
        } catch (CorruptEncoding e) {
            LOG.error("server {} sent a message that this one does not understand; is it of another version?", from, e);
            return;
        }
        message.accept(new Incoming(from));
    }

    private void forwardAll(List<ForwardedOrder> orders) {
        Optional<ServerId> leader = leader();
        if (leader.isEmpty()) {
            return;
        }
        if (leader.get().equals(setting.self())) {
            tell(leader.get(), new Forwarded(orders));
            return;
        }
        ServerMessageCodec.encodeInParts(orders, FORWARDED_BYTES_MAX).forEach(part -> loop.send(leader.get(), part));
    }

    private Optional<ServerId> leader() {
        return view.serving() ? view.leader() : Optional.empty();
    }

    @Override
    public void propose(Txn txn) {
        Payload encoded = TxnCodec.encode(txn);
        own.proposed(encoded, txn);
        loop.propose(encoded);
    }

    @Override
    public boolean hasRoom() {
        return loop.hasRoom();
    }

    @Override
    public void tell(ServerId to, ServerMessage message) {
        if (to.equals(setting.self())) {
            message.accept(new Incoming(to));
        } else {
            loop.send(to, ServerMessageCodec.encode(message));
        }
    }

    private void postpone(Zxid position, Runnable answer) {
        postponed.add(position, answer);
        postponed.give(tree().zxid());
        wakeLater();
    }

    /** One wake-up for all that the loop has at hand: the task runs behind what is already in its inbox. */
    private void wakeLater() {
        if (!waking) {
            waking = true;
            loop.execute(() -> {
                waking = false;
                edge.wake();
                forwardMore();
            });
        }
    }

    @Override
    public Snapshot snapshot() {
        return new TreeSnapshot(tree());
    }

    @Override
    public void restore(Zxid zxid, InputStream snapshot) throws IOException {
        DataTree restored = SnapshotCodec.read(snapshot);
        Invariants.check(restored.zxid().equals(zxid), "the snapshot at %s holds %s", zxid, restored.zxid());
        cutOff("the state was replaced by a snapshot");
        watched.replace(restored);
    }

    /** What other servers, or this one to itself, say. */
    private final class Incoming implements ServerMessage.Handler<Boolean> {
        private final ServerId from;

        Incoming(ServerId from) {
            this.from = from;
        }

        @Override
        public Boolean forwarded(Forwarded message) {
            Primary mine = primary;
            if (mine != null) {
                message.orders().forEach(forwarded -> mine.take(from, forwarded));
            }
            return mine != null;
        }

        @Override
        public Boolean heard(Heard message) {
            Primary mine = primary;
            if (mine != null) {
                mine.heard(from, message);
            }
            return mine != null;
        }

        @Override
        public Boolean confirmed(Confirmed message) {
            boolean isLeader = leader().filter(from::equals).isPresent();
            if (isLeader) {
                reports.confirmed(message);
            }
            return isLeader;
        }

        @Override
        public Boolean claimed(Claimed message) {
            Primary mine = primary;
            if (mine != null) {
                mine.claimed(from, message.claims());
            }
            return mine != null;
        }

        @Override
        public Boolean caughtUp(CaughtUp message) {
            postpone(message.position(), () -> {
                if (message.request() == catchUp) {
                    becomeCurrent();
                } else {
                    pending.settle(message.request())
                            .ifPresent(waiter -> waiter.client().reply(waiter.ticket(), new Reply.CaughtUp(tree())));
                }
            });
            return true;
        }

        @Override
        public Boolean reopened(Reopened message) {
            postpone(message.position(), () -> pending.settle(message.request())
                    .ifPresent(waiter -> reopen(waiter, message)));
            return true;
        }

        private void reopen(Submission waiter, Reopened message) {
            Optional<SessionState> session = Optional.of(waiter.order())
                    .filter(order -> order instanceof Order.Reopen && message.timeoutMillis() > 0)
                    .flatMap(order -> tree().session(((Order.Reopen) order).session()));
            if (session.isPresent()) {
                bind(waiter, session.get(), message.tenure());
            } else {
                waiter.client().reply(waiter.ticket(), new Reply.Refused());
            }
        }

        @Override
        public Boolean displaced(Displaced message) {
            locals.displace(message.session(), message.tenure())
                    .ifPresent(client -> client.end("its session moved to another server"));
            wakeLater();
            return true;
        }
    }
}
