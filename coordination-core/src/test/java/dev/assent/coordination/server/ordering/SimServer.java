package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.replica.HeldCommits;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.sim.Timeline;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.zab.Delivery;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.Recovered;
import dev.assent.coordination.zab.Role;
import dev.assent.coordination.zab.Send;
import dev.assent.coordination.zab.Turn;
import dev.assent.coordination.zab.Write;
import dev.assent.coordination.zab.ZabConfig;
import dev.assent.coordination.zab.ZabPeer;
import dev.assent.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * One server: the production's peer, store and patience, with a shell in small around them, whose disk can stall, whose
 * ticks can be late and which can be paused as a whole. It never crashes: what it knows stays.
 */
final class SimServer implements ReplicaLoop, Edge {
    static final int TICK_MILLIS = 200;
    static final int REPORT_MILLIS = 2 * TICK_MILLIS / 32;
    private static final int LOOP_MILLIS = 10;
    private static final int FLUSH_MICROS = 3_000;
    private static final int MESSAGE_MICROS_MAX = 1_000;
    /** Writes that wait for the disk, beyond which neither orders are taken nor a leader is read. */
    private static final int UNWRITTEN_MAX = 40;

    private final Timeline time;
    private final SplittableRandom random;
    private final SessionBug bug;
    private final BiConsumer<DataTree, Payload> committed;
    private final Witness witness;
    private final ZabConfig config;
    private final Clock clock;
    private final ZabPeer peer;
    private final HeldCommits outgoing;
    private final OrderedStore store;
    private final Unconfirmed unconfirmed;
    private final ArrayDeque<Input> inbox = new ArrayDeque<>();
    private final ArrayDeque<Runnable> edgeInbox = new ArrayDeque<>();
    private final ArrayDeque<Input> unread = new ArrayDeque<>();
    private final ArrayDeque<Input> asked = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Long> unwritten = new ArrayDeque<>();
    private final List<SimConnection> connections = new ArrayList<>();
    private final List<SessionId> gone = new ArrayList<>();
    private boolean leading;
    private boolean alarmed;
    private Optional<ServerId> followed = Optional.empty();
    private boolean suspended = true;
    private boolean paused;
    private boolean stalled;
    private boolean flushing;
    private long nextTickDelayMillis;
    private long lastTickMillis;
    /** For the bug that counts it: how far the clock is set back. */
    private long deafMillis;

    /** Who is told what a server does. */
    interface Witness {
        /** Something for a client, which the edge will read a little later. */
        void posted(SimServer server);

        /** It follows a leader that serves. */
        void followed(SimServer server);

        void proposed(SimServer server, Payload txn);
    }

    SimServer(
            ZabConfig config,
            Timeline time,
            SimLinks links,
            SplittableRandom random,
            SessionBug bug,
            BiConsumer<DataTree, Payload> committed,
            Witness witness) {
        this.witness = witness;
        this.config = config;
        this.time = time;
        this.random = random;
        this.bug = bug;
        this.committed = committed;
        long offset = random.nextInt(1_000_000);
        int permille = random.nextInt(990, 1_011);
        this.clock = new Clock() {
            @Override
            public long monotonicMillis() {
                return offset + time.nowMicros() / 1_000 * permille / 1_000 - deafMillis;
            }

            @Override
            public long epochMillis() {
                return 1_800_000_000_000L + time.nowMillis();
            }
        };
        this.peer = new ZabPeer(config, Recovered.NOTHING);
        this.outgoing = new HeldCommits(clock, send -> links.send(this, send));
        WatchedTree watched = new WatchedTree(DataTree.initial(), 10);
        OrderingConfig setting = new OrderingConfig(
                config.self(), TICK_MILLIS, REPORT_MILLIS, config.quorum(), clock, this::password, random.nextLong());
        this.store = new OrderedStore(setting, PendingOrderLimits.ofBytes(1 << 20), this, this, watched, view -> {});
        this.unconfirmed =
                new Unconfirmed(clock.monotonicMillis(), store.leaderContact().knownMillis());
    }

    private SessionPassword password() {
        byte[] bytes = new byte[SessionPassword.SIZE];
        random.nextBytes(bytes);
        return new SessionPassword(bytes);
    }

    void start() {
        loop();
        review();
    }

    ServerId id() {
        return config.self();
    }

    OrderedStore store() {
        return store;
    }

    boolean isLeading() {
        return leading;
    }

    // Faults

    void freeze() {
        paused = true;
    }

    /** The event loops may be the first to run again, and the clock the next. */
    void thaw() {
        if (!paused) {
            return;
        }
        paused = false;
        while (!paused && !edgeInbox.isEmpty()) {
            edgeInbox.remove().run();
        }
        if (!paused) {
            tick();
        }
        while (!paused && !inbox.isEmpty()) {
            take(inbox.remove());
        }
    }

    void stall() {
        stalled = true;
    }

    void goOn() {
        stalled = false;
        flush();
    }

    void delayTick(long millis) {
        nextTickDelayMillis = millis;
    }

    // The loop

    private void loop() {
        if (!paused) {
            tick();
        }
        long millis = LOOP_MILLIS + nextTickDelayMillis;
        nextTickDelayMillis = 0;
        time.after(millis * 1_000, this::loop);
    }

    /** The end of a turn of the loop: what was held back for long enough goes. */
    private void handOn() {
        outgoing.release();
        long millis = outgoing.millisUntilDue(clock.monotonicMillis());
        if (millis < Long.MAX_VALUE && !alarmed) {
            alarmed = true;
            time.after(1_000 * (millis + 1), () -> {
                alarmed = false;
                if (!paused) {
                    handOn();
                }
            });
        }
    }

    private void tick() {
        long now = clock.monotonicMillis();
        step(new Input.Ticked(now));
        if (bug.countsDeafTime() && lastTickMillis > 0) {
            // As often as it would have been called had it not been deaf.
            for (long missed = lastTickMillis; missed + 2L * LOOP_MILLIS < now; missed += LOOP_MILLIS) {
                deafMillis = now - missed;
                store.ticked();
            }
            deafMillis = 0;
        }
        lastTickMillis = now;
        store.ticked();
        settle();
    }

    /** From the network, or the disk. */
    void take(Input input) {
        if (paused) {
            inbox.add(input);
        } else if (input instanceof Input.Received && (!unread.isEmpty() || isDiskBehind()) && !leading) {
            unread.add(input);
        } else {
            step(input);
        }
    }

    private boolean isDiskBehind() {
        return unwritten.size() > UNWRITTEN_MAX;
    }

    private void step(Input input) {
        tell(input);
        settle();
        while (!unread.isEmpty() && (leading || !isDiskBehind())) {
            tell(unread.remove());
            settle();
        }
    }

    /** Everything that came of the last step. */
    private void settle() {
        while (!asked.isEmpty() || (!tasks.isEmpty() && !isDiskBehind())) {
            if (asked.isEmpty()) {
                tasks.remove().run();
            } else {
                Input next = asked.remove();
                if (!(next instanceof Input.Proposed) || leading) {
                    tell(next);
                }
            }
        }
        handOn();
    }

    private void tell(Input input) {
        Turn turn = peer.step(input);
        for (Write write : turn.writes()) {
            unwritten.add(write.token());
        }
        flush();
        for (Send send : turn.sends()) {
            outgoing.send(send);
        }
        turn.deliveries().forEach(this::deliver);
    }

    private void deliver(Delivery delivery) {
        if (delivery instanceof Delivery.Committed one) {
            store.committed(one.zxid(), one.txn());
            committed.accept(store.tree(), one.txn());
        } else if (delivery instanceof Delivery.AppReceived one) {
            store.received(one.from(), one.message());
        } else if (delivery instanceof Delivery.RoleChanged one) {
            leading = one.role() == Role.LEADING && one.serving();
            followed = one.serving() ? one.leader() : Optional.empty();
            store.roleChanged(one.role(), one.epoch(), one.leader(), one.serving());
            if (one.serving() && !leading) {
                witness.followed(this);
            }
        } else {
            throw new IllegalStateException("a snapshot where histories are whole: " + delivery);
        }
    }

    private void flush() {
        if (flushing || stalled || unwritten.isEmpty()) {
            return;
        }
        flushing = true;
        long token = unwritten.getLast();
        time.after(FLUSH_MICROS / 2L + random.nextInt(FLUSH_MICROS), () -> written(token));
    }

    private void written(long token) {
        if (stalled) {
            time.after(FLUSH_MICROS, () -> written(token));
            return;
        }
        flushing = false;
        unwritten.removeIf(one -> one <= token);
        take(new Input.Written(token));
        flush();
    }

    @Override
    public void propose(Payload txn) {
        witness.proposed(this, txn);
        asked.add(new Input.Proposed(txn));
    }

    @Override
    public void send(ServerId to, Payload message) {
        Payload sent = ServerMessageCodec.encode(bug.sent(decoded(message)));
        asked.add(new Input.AppSent(to, sent));
    }

    private static ServerMessage decoded(Payload message) {
        try {
            return ServerMessageCodec.decode(message);
        } catch (CorruptEncoding e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void hurry(ServerId member) {
        outgoing.hurry(member);
    }

    @Override
    public boolean hasRoom() {
        return !isDiskBehind();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    // The edge

    /** Something from a client. */
    void onEdge(Runnable action) {
        if (paused) {
            edgeInbox.add(action);
        } else {
            action.run();
            settle();
        }
    }

    void add(SimConnection connection) {
        connections.add(connection);
    }

    /** Showed life just before its connection ended. */
    void heardAndGone(SessionId session) {
        gone.add(session);
    }

    void remove(SimConnection connection) {
        connections.remove(connection);
    }

    /** A message from the loop, which the edge reads a little later. */
    void post(Runnable message) {
        time.after(random.nextInt(MESSAGE_MICROS_MAX), () -> onEdge(message));
        witness.posted(this);
    }

    boolean mayOpen(EdgePatience patience, long grantedMillis) {
        LeaderContact contact = store.leaderContact();
        return bug.opensHoweverLate() || patience.mayOpen(contact.ageMillis(), contact.nowMillis() - grantedMillis);
    }

    /** Whether the leader knows, and confirmed, what this server said lately. */
    boolean isHeardBy(SimServer leader, EdgePatience patience) {
        boolean follows = followed.filter(leader.id()::equals).isPresent();
        return follows && patience.mayAnswer(store.leaderContact().ageMillis());
    }

    /** Whether what clients send is read. */
    boolean reads() {
        return !suspended;
    }

    /** The same, as far as it matters for who lives. */
    boolean countsAsRead() {
        return !suspended || bug.forgetsWhomItDoesNotRead();
    }

    boolean mayAnswer(EdgePatience patience) {
        return bug.answersAll() || patience.mayAnswer(store.leaderContact().ageMillis());
    }

    boolean mayAsk(EdgePatience patience) {
        return !suspended && mayAnswer(patience);
    }

    private void review() {
        time.after(REPORT_MILLIS * 1_000L, this::review);
        onEdge(() -> {
            long now = clock.monotonicMillis();
            long unconfirmedMillis =
                    unconfirmed.forMillis(now, store.leaderContact().knownMillis());
            List<SessionId> alive = new ArrayList<>(gone);
            gone.clear();
            for (SimConnection connection : List.copyOf(connections)) {
                if (!bug.answersAll() && connection.patience().mustEnd(unconfirmedMillis)) {
                    connection.end("not confirmed");
                } else {
                    connection.review(alive);
                }
            }
            store.heard(alive, now);
        });
    }

    @Override
    public void wake() {}

    @Override
    public void suspend() {
        suspended = true;
    }

    @Override
    public void resume() {
        suspended = false;
    }

    @Override
    public void crowded(boolean crowded) {}

    @Override
    public void endAll(String why) {
        List.copyOf(connections).forEach(connection -> connection.end(why));
    }
}
