package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.coordination.zab.Delivery;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.LearnerStanding;
import dev.assent.coordination.zab.Role;
import dev.assent.coordination.zab.Send;
import dev.assent.coordination.zab.Turn;
import dev.assent.coordination.zab.Write;
import dev.assent.coordination.zab.ZabPeer;
import dev.assent.invariants.Invariants;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the peer what happened and carries out what it answers. On the loop's thread only.
 *
 * <p>What the application asks for while it is told something waits until the present turn is delivered: the peer is
 * never entered twice.
 */
final class PeerDriver {
    private static final Logger LOG = LoggerFactory.getLogger(PeerDriver.class);

    private final ReplicaConfig config;
    private final ZabPeer peer;
    private final StateMachine application;
    private final Clock clock;
    private final PeerTransport transport;
    private final SnapshotStore snapshots;
    private final SnapshotWork work;
    private final LogWriter writer;
    private final Inbox inbox;
    private final HeldCommits outgoing;
    private final ArrayDeque<Input> asked = new ArrayDeque<>();
    private final Map<ServerId, SnapshotFeed> feeds = new TreeMap<>();
    private List<Write> writes = new ArrayList<>();
    private boolean stepping;
    private boolean leading;
    private boolean serving;
    private long uncommitted;
    private boolean storing;
    private final SnapshotSchedule schedule;

    /** Read from other threads. */
    private volatile long aliveMillis;

    private volatile boolean awaitsDisk = true;

    private volatile List<LearnerStanding> learners = List.of();

    private final AtomicLong proposed = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong snapshotsStored = new AtomicLong();

    PeerDriver(
            ReplicaConfig config,
            ReplicaContext surroundings,
            ZabPeer peer,
            StateMachine application,
            SnapshotWork work,
            LogWriter writer,
            Inbox inbox) {
        this.config = config;
        this.peer = peer;
        this.application = application;
        this.clock = surroundings.clock();
        this.transport = surroundings.transport();
        this.snapshots = surroundings.snapshots();
        this.work = work;
        this.writer = writer;
        this.inbox = inbox;
        this.outgoing = new HeldCommits(clock, send -> transport.send(send.to(), send.generation(), send.message()));
        this.schedule = new SnapshotSchedule(
                config.snapshots(), new SplittableRandom(config.zab().self().value()));
        this.aliveMillis = clock.monotonicMillis();
    }

    /** Steps the peer, and again for everything the application asks for because of it. */
    void tell(Input input) throws IOException {
        step(input);
        tellAsked();
    }

    /** To be called after anything that let the application ask for something. */
    void tellAsked() throws IOException {
        for (Input next = asked.poll(); next != null; next = asked.poll()) {
            // A role may have been lost since the application asked; then its transaction never comes back.
            if (!(next instanceof Input.Proposed) || leading) {
                step(next);
            }
        }
    }

    void propose(Payload txn) {
        Invariants.check(leading, "a transaction was proposed by a server that does not lead");
        uncommitted++;
        proposed.incrementAndGet();
        asked.add(new Input.Proposed(txn));
    }

    void send(ServerId to, Payload message) {
        asked.add(new Input.AppSent(to, message));
    }

    /** Whether more of the application's own work fits. */
    boolean hasRoom() {
        return uncommitted < config.limits().uncommittedMax() && !isDiskBehind();
    }

    /** Clients of that member wait for what was just committed. */
    void hurry(ServerId member) {
        outgoing.hurry(member);
    }

    /** How long the loop may wait for what comes next. */
    long millisUntilDue(long nowMillis) {
        return outgoing.millisUntilDue(nowMillis);
    }

    /**
     * Whether anything goes on once the disk has written more. If not, the loop need not be woken for that: it hears of
     * it with whatever comes next, a tick at the latest. From any thread.
     */
    boolean awaitsDisk() {
        return awaitsDisk;
    }

    /** The application's share of a tick. */
    void tick() throws IOException {
        learners = peer.learners();
        application.ticked();
        tellAsked();
    }

    /** Who followed it at the last tick, if it led. From any thread. */
    List<LearnerStanding> learners() {
        return learners;
    }

    /** Whether it leads or is about to. */
    boolean isLeader() {
        return peer.role() == Role.LEADING;
    }

    long unwrittenBytes() {
        return writer.unwrittenBytes();
    }

    boolean isDiskBehind() {
        return writer.unwrittenBytes() > config.limits().unwrittenBytesMax();
    }

    /** Hands on what gathered: to the disk first, then to the network. */
    void handOn() {
        if (!writes.isEmpty()) {
            writer.submit(writes);
            writes = new ArrayList<>();
        }
        outgoing.release();
        transport.flush();
        awaitsDisk = !hasRoom() || peer.awaitsDisk();
        storeSnapshotIfDue();
    }

    private void step(Input input) throws IOException {
        Invariants.check(!stepping, "the peer was entered while it was being told something");
        stepping = true;
        Turn turn = peer.step(input);
        writes.addAll(turn.writes());
        List<Send> sends = turn.sends();
        for (int i = 0; i < sends.size(); i++) {
            outgoing.send(sends.get(i));
        }
        List<Delivery> deliveries = turn.deliveries();
        for (int i = 0; i < deliveries.size(); i++) {
            deliver(deliveries.get(i));
        }
        stepping = false;
    }

    private void deliver(Delivery delivery) throws IOException {
        if (delivery instanceof Delivery.Committed committed) {
            committed(committed);
        } else if (delivery instanceof Delivery.AppReceived received) {
            application.received(received.from(), received.message());
        } else if (delivery instanceof Delivery.RoleChanged changed) {
            roleChanged(changed);
        } else if (delivery instanceof Delivery.SnapshotRequested requested) {
            startFeed(requested);
        } else if (delivery instanceof Delivery.SnapshotWanted wanted) {
            feed(wanted.to(), wanted.generation()).ifPresent(feed -> feed.want(wanted.through()));
            pump(wanted.to());
        } else if (delivery instanceof Delivery.SnapshotDropped dropped) {
            feed(dropped.to(), dropped.generation()).ifPresent(feed -> endFeed(dropped.to(), feed));
        } else if (delivery instanceof Delivery.SnapshotInstalled installed) {
            install(installed.zxid());
        }
    }

    private void committed(Delivery.Committed committed) {
        application.committed(committed.zxid(), committed.txn());
        delivered.incrementAndGet();
        uncommitted = Math.max(0, uncommitted - 1);
        schedule.applied(committed.txn().size());
    }

    private void roleChanged(Delivery.RoleChanged changed) {
        serving = changed.serving();
        leading = changed.role() == Role.LEADING && serving;
        uncommitted = 0;
        tellOperator(changed);
        application.roleChanged(changed.role(), changed.epoch(), changed.leader(), serving);
    }

    /** One line for each election, and one for its outcome. */
    private void tellOperator(Delivery.RoleChanged changed) {
        ServerId self = peer.self();
        if (changed.role() == Role.LOOKING && !peer.lastLookingReason().equals(ZabPeer.STARTED)) {
            LOG.info("server {} looks for a leader: {}", self.value(), peer.lastLookingReason());
        } else if (serving && changed.role() == Role.LEADING) {
            LOG.info(
                    "server {} leads, in epoch {}",
                    self.value(),
                    changed.epoch().value());
        } else if (serving) {
            LOG.info(
                    "server {} follows {}, in epoch {}",
                    self.value(),
                    changed.leader().map(leader -> "server " + leader.value()).orElse("nobody"),
                    changed.epoch().value());
        }
    }

    // Own snapshots

    /** Not before clients are served: that would keep them waiting. */
    private void storeSnapshotIfDue() {
        if (!schedule.isDue() || !serving || storing) {
            return;
        }
        storing = true;
        schedule.restart();
        work.store(application.snapshot(), neededFrom -> {
            neededFrom.ifPresent(writer::purge);
            inbox.post(() -> {
                storing = false;
                snapshotsStored.incrementAndGet();
            });
        });
    }

    private void install(Zxid zxid) throws IOException {
        SnapshotStore.Stored stored = new SnapshotStore.Stored(zxid, true);
        Invariants.check(snapshots.verify(stored), "the snapshot %s just received is damaged", zxid);
        restore(stored);
        schedule.restart();
    }

    void restore(SnapshotStore.Stored stored) throws IOException {
        try (InputStream in = new AttentiveStream(snapshots.open(stored), clock, this::attend)) {
            application.restore(stored.zxid(), in);
        }
    }

    private void attend() {
        alive();
        transport.run(0);
    }

    /** The loop goes round, or does what takes long. */
    void alive() {
        aliveMillis = clock.monotonicMillis();
    }

    long aliveMillis() {
        return aliveMillis;
    }

    // Snapshots for other members

    private void startFeed(Delivery.SnapshotRequested request) {
        StateMachine.Snapshot snapshot = application.snapshot();
        Invariants.check(
                snapshot.zxid().equals(request.at()),
                "a snapshot of %s was asked for, and the application's is of %s",
                request.at(),
                snapshot.zxid());
        SnapshotFeed feed = new SnapshotFeed(request, () -> inbox.post(() -> pump(request.to())));
        SnapshotFeed old = feeds.put(request.to(), feed);
        if (old != null) {
            old.drop();
        }
        work.feed(snapshot, feed);
    }

    private Optional<SnapshotFeed> feed(ServerId to, long generation) {
        return Optional.ofNullable(feeds.get(to)).filter(feed -> feed.isFor(generation));
    }

    private void endFeed(ServerId to, SnapshotFeed feed) {
        feed.drop();
        feeds.remove(to);
    }

    private void pump(ServerId to) {
        SnapshotFeed feed = feeds.get(to);
        Optional<Input.SnapshotRead> piece = feed == null ? Optional.empty() : feed.take();
        while (feed != null && piece.isPresent()) {
            asked.add(piece.get());
            piece = feed.take();
        }
    }

    /** Nobody is fed any more. */
    void close() {
        feeds.values().forEach(SnapshotFeed::drop);
        feeds.clear();
    }

    long proposed() {
        return proposed.get();
    }

    long delivered() {
        return delivered.get();
    }

    long snapshotsStored() {
        return snapshotsStored.get();
    }
}
