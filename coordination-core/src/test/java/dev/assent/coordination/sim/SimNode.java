package dev.assent.coordination.sim;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.replica.HeldCommits;
import dev.assent.coordination.zab.Delivery;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Recovered;
import dev.assent.coordination.zab.Role;
import dev.assent.coordination.zab.Send;
import dev.assent.coordination.zab.Turn;
import dev.assent.coordination.zab.Write;
import dev.assent.coordination.zab.ZabConfig;
import dev.assent.coordination.zab.ZabPeer;
import dev.assent.time.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One server: the shell around a peer, in small. It can crash between any two events, and pause at any. */
final class SimNode {
    private static final int TICK_MICROS = 20_000;
    private static final int PIECE_BYTES = 16;

    private final int index;
    private final ZabConfig config;
    private final Timeline timeline;
    private final SimNetwork network;
    private final SimDisk disk;
    private final Properties properties;
    private final Coverage coverage;
    private final PlantedBug bug;
    private final SplittableRandom random;
    private final long clockPermille;
    private final ArrayDeque<Input> inbox = new ArrayDeque<>();

    private @Nullable ZabPeer peer;
    private HeldCommits outgoing = new HeldCommits(clock(), this::pass);
    private boolean passed;
    private boolean releasing;
    private boolean alarmed;
    private SimApp app = new SimApp();
    private long life;
    private boolean receivingSnapshot;
    private int lastReport;
    private boolean paused;
    private int tickDelayMicros;
    private long tickChain;
    private boolean serving;
    private Properties.Primary primary = new Properties.Primary();
    private Role role = Role.LOOKING;
    private Zxid recoveredTail = Zxid.ZERO;
    private final @Nullable SnapshotShelf[] shelves = new SnapshotShelf[256];
    private final long[] generations = new long[256];

    /** A frozen state that is being read out to one learner. */
    private static final class SnapshotShelf {
        final long request;
        final byte[] state;
        long read;

        SnapshotShelf(long request, byte[] state) {
            this.request = request;
            this.state = state;
        }
    }

    SimNode(int index, ZabConfig config, World world, SimDisk disk, SplittableRandom random) {
        this.index = index;
        this.config = config;
        this.timeline = world.timeline();
        this.network = world.network();
        this.properties = world.properties();
        this.coverage = world.coverage();
        this.bug = world.bug();
        this.disk = disk;
        this.random = random;
        this.clockPermille = random.nextInt(950, 1050);
    }

    int index() {
        return index;
    }

    ServerId id() {
        return config.self();
    }

    boolean votes() {
        return config.selfVotes();
    }

    SimDisk disk() {
        return disk;
    }

    SimApp app() {
        return app;
    }

    long life() {
        return life;
    }

    boolean isUp() {
        return peer != null;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isServing() {
        return peer != null && serving;
    }

    Role role() {
        return role;
    }

    ZabPeer peer() {
        if (peer == null) {
            throw new IllegalStateException(id() + " is down");
        }
        return peer;
    }

    /** The generations of the newest links. */
    long[] generations() {
        return generations;
    }

    // Life

    void start() {
        life++;
        Recovered recovered = disk.open(token -> {
            properties.diskChanged(this);
            take(new Input.Written(token));
        });
        properties.diskChanged(this);
        app = new SimApp();
        app.restore(disk.snapshot());
        serving = false;
        role = Role.LOOKING;
        if (!recovered.log().isEmpty()) {
            coverage.hit(Coverage.Point.UNCOMMITTED_TAIL_RECOVERED);
            recoveredTail = disk.last();
        }
        peer = new ZabPeer(config, bug.recovered(recovered, app));
        outgoing = new HeldCommits(clock(), this::pass);
        alarmed = false;
        tick();
    }

    /** By this server's own clock, which runs a little too fast or too slow. */
    private long nowMillis() {
        return timeline.nowMicros() * clockPermille / 1_000_000;
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public long monotonicMillis() {
                return nowMillis();
            }

            @Override
            public long epochMillis() {
                throw new IllegalStateException("not for intervals");
            }
        };
    }

    private void tick() {
        long tickedLife = life;
        long chain = tickChain;
        take(new Input.Ticked(nowMillis()));
        int late = tickDelayMicros;
        tickDelayMicros = 0;
        timeline.after(late + TICK_MICROS / 2 + random.nextInt(TICK_MICROS), () -> {
            if (life == tickedLife && chain == tickChain && peer != null) {
                tick();
            }
        });
    }

    /** A tick that is late comes now, and those after it at their pace. */
    void endTickDelay() {
        tickDelayMicros = 0;
        tickChain++;
        if (peer != null) {
            tick();
        }
    }

    /** The next tick but one comes that much later, while messages are dealt with as ever. */
    void delayTick(int micros) {
        coverage.hit(Coverage.Point.TICK_DELAYED);
        tickDelayMicros = micros;
    }

    void crash() {
        if (peer == null) {
            return;
        }
        coverage.hit(Coverage.Point.CRASH);
        if (peer.isEstablishedLeader()) {
            coverage.hit(Coverage.Point.CRASH_OF_LEADER);
        }
        life++;
        peer = null;
        paused = false;
        serving = false;
        inbox.clear();
        disk.crash();
        network.crashed(this);
    }

    void pause() {
        if (peer != null) {
            coverage.hit(Coverage.Point.PAUSE);
            paused = true;
        }
    }

    /** Whatever came meanwhile is there at once; the first to act is the clock. */
    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        take(new Input.Ticked(nowMillis()));
        while (!inbox.isEmpty()) {
            take(inbox.removeFirst());
        }
    }

    /** The application writes its state to its own disk, if the log is durable up to there. */
    void saveLocalSnapshot() {
        if (peer != null
                && !paused
                && !app.last().isAfter(peer.lastDurable())
                && app.last().isAfter(Zxid.ZERO)) {
            if (app.last().isAfter(disk.snapshotZxid())) {
                disk.saveLocalSnapshot(app.last(), app.snapshot());
            }
        }
    }

    // The loop

    void take(Input input) {
        if (paused) {
            if (!(input instanceof Input.Ticked)) {
                inbox.addLast(input);
            }
        } else if (peer != null) {
            for (Input each : bug.inputs(this, input)) {
                step(each);
            }
            handOn();
        }
    }

    /** The end of a turn of the loop. */
    private void handOn() {
        releasing = true;
        outgoing.release();
        releasing = false;
        long millis = outgoing.millisUntilDue(nowMillis());
        if (millis < Long.MAX_VALUE && !alarmed) {
            alarmed = true;
            long heldLife = life;
            timeline.after((millis + 1) * 1_000, () -> {
                if (life == heldLife) {
                    alarmed = false;
                    goOn();
                }
            });
        }
    }

    private void goOn() {
        if (peer != null && !paused) {
            handOn();
        }
    }

    private void say(Send send) {
        if (bug.overtakesHeld(send.message())) {
            network.send(this, send);
            return;
        }
        passed = false;
        outgoing.send(send);
        if (!passed) {
            coverage.hit(Coverage.Point.COMMIT_HELD_BACK);
        }
    }

    private void pass(Send send) {
        passed = true;
        if (releasing) {
            coverage.hit(Coverage.Point.HELD_COMMIT_RELEASED_BY_TIME);
        }
        if (!releasing || !bug.losesReleased()) {
            network.send(this, send);
        }
    }

    private void step(Input input) {
        ZabPeer stepping = peer();
        if (input instanceof Input.Connected connected) {
            generations[connected.peer().value()] = connected.generation();
        } else if (input instanceof Input.Received received) {
            if (received.generation() == generations[received.from().value()]) {
                observe(received.message());
            } else {
                coverage.hit(Coverage.Point.MESSAGE_OF_AN_OLD_LINK);
            }
        }
        Turn turn = bug.turn(this, stepping.step(input));
        properties.stepped(this, input, turn);
        for (Write write : turn.writes()) {
            disk.submit(write);
        }
        for (Send send : turn.sends()) {
            properties.sends(this, send.message());
            say(send);
        }
        for (Delivery delivery : turn.deliveries()) {
            deliver(delivery);
        }
        properties.settled(this);
        for (Input more : bug.after(this, turn)) {
            step(more);
        }
    }

    void propose(long id, int size) {
        properties.proposed(id, primary);
        take(new Input.Proposed(
                Payload.wrap(ByteBuffer.allocate(size).putLong(id).array())));
    }

    void reportTo(ServerId to) {
        byte[] count = ByteBuffer.allocate(Integer.BYTES).putInt(app.count()).array();
        take(new Input.AppSent(to, Payload.wrap(count)));
    }

    /** The peer is not entered while it delivers. */
    private void answerLater(ServerId to) {
        long answeringLife = life;
        timeline.after(0, () -> {
            if (life == answeringLife && role == Role.LEADING && serving && !to.equals(id())) {
                reportTo(to);
            }
        });
    }

    private void deliver(Delivery delivery) {
        if (delivery instanceof Delivery.Committed committed) {
            deliverCommitted(committed);
        } else if (delivery instanceof Delivery.RoleChanged changed) {
            roleChanged(changed);
        } else if (delivery instanceof Delivery.SnapshotRequested requested) {
            Broken.check(
                    requested.at().equals(app.last()), "a snapshot is asked for at another state than the present");
            shelves[requested.to().value()] = new SnapshotShelf(requested.generation(), app.snapshot());
        } else if (delivery instanceof Delivery.SnapshotWanted wanted) {
            long wantedLife = life;
            timeline.after(random.nextInt(3_000), () -> {
                if (life == wantedLife) {
                    readSnapshot(wanted);
                }
            });
        } else if (delivery instanceof Delivery.SnapshotInstalled installed) {
            Broken.check(installed.zxid().equals(disk.snapshotZxid()), "a snapshot is installed before it is durable");
            app.restore(disk.snapshot());
            properties.installed(this);
        } else if (delivery instanceof Delivery.AppReceived received) {
            int count = received.message().buffer().getInt();
            properties.appReceived(this, lastReport, count);
            lastReport = count;
        }
    }

    private void deliverCommitted(Delivery.Committed committed) {
        if (!votes()) {
            coverage.hit(Coverage.Point.OBSERVER_INFORMED);
        }
        if (committed.zxid().equals(recoveredTail)) {
            coverage.hit(Coverage.Point.UNCOMMITTED_TAIL_COMMITTED_LATER);
        }
        if (!disk.holds(committed.zxid())) {
            coverage.hit(Coverage.Point.COMMITTED_BEFORE_OWN_DISK);
        }
        app.apply(committed.zxid(), committed.txn());
        properties.delivered(this, committed);
        if (role == Role.LEADING && serving) {
            // A client of some member waits for it, or of none; and somebody may wait to be told how far things are.
            int voters = config.quorum().voters().size();
            outgoing.hurry(new ServerId(1 + random.nextInt(2 * voters)));
            if (random.nextInt(4) == 0) {
                answerLater(new ServerId(1 + random.nextInt(voters)));
            }
        }
    }

    private void roleChanged(Delivery.RoleChanged changed) {
        if (changed.role() == Role.LOOKING) {
            coverage.hit(Coverage.Point.ELECTION);
            if (receivingSnapshot) {
                coverage.hit(Coverage.Point.SNAP_INTERRUPTED);
                receivingSnapshot = false;
            }
            if (role == Role.LEADING && serving) {
                coverage.hit(Coverage.Point.LEADER_LOST_ITS_QUORUM);
            } else if (role == Role.FOLLOWING && serving) {
                coverage.hit(Coverage.Point.FOLLOWER_LOST_ITS_LEADER);
            }
            if (peer().lastReason().contains("made nothing durable")) {
                coverage.hit(Coverage.Point.LEADER_OUTRUN_BY_ITS_QUORUM);
            }
            if (peer().lastReason().contains("longer history")) {
                coverage.hit(Coverage.Point.FOLLOWER_HAD_LONGER_HISTORY);
            }
        }
        primary = new Properties.Primary();
        lastReport = 0;
        role = changed.role();
        serving = changed.serving();
        properties.roleChanged(this, changed);
    }

    private void readSnapshot(Delivery.SnapshotWanted wanted) {
        SnapshotShelf shelf = shelves[wanted.to().value()];
        if (shelf == null || shelf.request != wanted.generation()) {
            return;
        }
        while (shelf.read <= wanted.through() && shelf.read * PIECE_BYTES < shelf.state.length) {
            int from = (int) shelf.read * PIECE_BYTES;
            int to = Math.min(from + PIECE_BYTES, shelf.state.length);
            Payload bytes = Payload.wrap(Arrays.copyOfRange(shelf.state, from, to));
            long piece = shelf.read++;
            take(new Input.SnapshotRead(wanted.to(), shelf.request, piece, bytes, to == shelf.state.length));
        }
    }

    private void observe(PeerMessage message) {
        if (message instanceof PeerMessage.Diff) {
            coverage.hit(Coverage.Point.SYNC_BY_EMPTY_DIFF);
        } else if (message instanceof PeerMessage.Trunc) {
            coverage.hit(Coverage.Point.SYNC_BY_TRUNC);
        } else if (message instanceof PeerMessage.SnapshotPiece piece) {
            receivingSnapshot = !piece.last();
            if (piece.last()) {
                coverage.hit(Coverage.Point.SYNC_BY_SNAP);
            }
        } else if (message instanceof PeerMessage.AckEpoch ack && !ack.counts()) {
            coverage.hit(Coverage.Point.PROMISE_NOT_COUNTED_TWICE);
        } else if (message instanceof PeerMessage.StartOver) {
            coverage.hit(Coverage.Point.START_OVER);
        } else if (message instanceof PeerMessage.Propose propose && role == Role.FOLLOWING && !serving) {
            if (propose.proposals().size() > 1) {
                coverage.hit(Coverage.Point.SYNC_BY_DIFF);
            }
        } else if (message instanceof PeerMessage.Notification notification
                && notification.established()
                && role == Role.LOOKING) {
            coverage.hit(Coverage.Point.LATE_COMER_TOLD_OF_LEADER);
        }
    }

    @Override
    public String toString() {
        return id() + (peer == null ? " down" : paused ? " paused" : " " + role + (serving ? " serving" : ""));
    }
}
