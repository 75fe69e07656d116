package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.sim.Timeline;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnCodec;
import dev.assent.coordination.zab.ZabConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * One run: clients that ping, servers whose disks stall, whose ticks are late, that freeze and lose each other; then all
 * is healed. At no time may a session end within its time-out after a ping that was answered; and in the end exactly the
 * living have theirs.
 */
final class SessionSimulation implements SimServer.Witness {
    private static final int CLIENTS = 8;
    private static final int FAULT_MILLIS = 12_000;
    private static final int HEALED_MILLIS = 8_000;
    private static final int RELINK_MILLIS = 10;
    private static final int PASSING_MILLIS = 40;
    /** At once: some of them are likely to ask the leader for something before a new follower asks to be caught up. */
    private static final int PASSERS = 6;
    /** Clocks differ by up to a hundredth each way. */
    private static final double SKEW_PERMITTED = 0.96;

    private final long seed;
    private final SplittableRandom random;
    private final Timeline time = new Timeline();
    private final SimLinks links;
    private final List<SimServer> servers = new ArrayList<>();
    private final List<SimClient> clients = new ArrayList<>();
    private final Set<SessionId> ended = new HashSet<>();
    private boolean healed;
    private boolean stopsAtTheStart;
    /** Whether servers fall asleep just before they tell their clients something. */
    private boolean dozes;

    private long changes;

    /** What came of a run. */
    record Report(long sessionsEnded, long moves, long committed) {}

    /** A promise that was not kept. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    SessionSimulation(long seed, SessionBug bug) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.links = new SimLinks(time, random.split());
        List<ServerId> voters = IntStream.rangeClosed(1, random.nextBoolean() ? 3 : 5)
                .mapToObj(ServerId::new)
                .toList();
        // A patient ensemble keeps a leader that was away for longer than a session's time-out.
        int syncMillis = random.nextBoolean() ? 500 : 3_000;
        ZabConfig.Timing timing = new ZabConfig.Timing(60, 60, 2L * syncMillis, syncMillis, 150);
        for (ServerId id : voters) {
            ZabConfig config = new ZabConfig(id, new Majority(voters), List.of(), timing, ZabConfig.Limits.DEFAULT);
            servers.add(new SimServer(config, time, links, random.split(), bug, this::committed, this));
        }
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client());
        }
    }

    private SimClient client() {
        return new SimClient(time, servers, random.split(), ended::contains);
    }

    Report run() {
        try {
            return observed();
        } catch (Broken e) {
            throw new Broken("seed " + seed + " at " + time.nowMillis() + " ms: " + e.getMessage());
        }
    }

    private Report observed() {
        servers.forEach(SimServer::start);
        links.attach(servers);
        time.runFor(500);
        clients.forEach(SimClient::start);
        time.runFor(500);
        faults();
        time.runFor(FAULT_MILLIS);
        heal();
        time.runFor(HEALED_MILLIS);
        judge();
        return new Report(
                ended.size(), clients.stream().mapToLong(SimClient::moves).sum(), changes);
    }

    private void committed(DataTree tree, Payload payload) {
        changes++;
        decoded(payload).closedSessions().stream().filter(ended::add).forEach(this::mustNotBeBelievedIn);
    }

    private void mustNotBeBelievedIn(SessionId over) {
        for (SimClient client : clients) {
            if (over.equals(client.session()) && client.believes(SKEW_PERMITTED)) {
                throw new Broken("a session of "
                        + client.timeoutMillis() + " ms ends " + client.sinceAnsweredMillis()
                        + " ms after a ping that was answered, while its client may believe in it");
            }
        }
    }

    private static Txn decoded(Payload payload) {
        try {
            return TxnCodec.decode(payload);
        } catch (CorruptEncoding e) {
            throw new IllegalStateException(e);
        }
    }

    private void judge() {
        DataTree tree = servers.get(0).store().tree();
        Set<SessionId> expected = new HashSet<>();
        for (SimClient client : clients) {
            SessionId session = client.session();
            if (!client.isDead() && (session == null || tree.session(session).isEmpty())) {
                throw new Broken("a client has no session long after all was healed");
            }
            if (!client.isDead()) {
                expected.add(session);
            }
        }
        Set<SessionId> present = new HashSet<>();
        tree.sessions().forEach(session -> present.add(session.id()));
        if (!present.equals(expected)) {
            throw new Broken("sessions " + present + " where " + expected + " live");
        }
    }

    // Faults

    private void faults() {
        dozes = random.nextBoolean();
        stopsAtTheStart = random.nextBoolean();
        repeat(random.nextBoolean(), 300, this::passBy);
        repeat(stopsAtTheStart, 1_500, this::relink);
        boolean freezes = random.nextInt(4) > 0;
        boolean stalls = random.nextInt(4) > 0;
        boolean lateTicks = random.nextInt(4) > 0;
        boolean cuts = random.nextInt(4) > 0;
        repeat(freezes, 1_500, () -> freeze(random.nextBoolean() ? leader() : anyone()));
        repeat(stalls, 2_000, () -> stall(random.nextBoolean() ? leader() : anyone()));
        repeat(lateTicks, 700, () -> anyone().delayTick(random.nextInt(20, 1_500)));
        repeat(cuts, 1_500, this::cut);
        repeat(true, 5_000, () -> clients.get(random.nextInt(CLIENTS)).die());
    }

    private void repeat(boolean enabled, int meanMillis, Runnable fault) {
        if (enabled) {
            time.after(1_000L * random.nextInt(2 * meanMillis), () -> {
                if (!healed) {
                    fault.run();
                    repeat(true, meanMillis, fault);
                }
            });
        }
    }

    private SimServer anyone() {
        return servers.get(random.nextInt(servers.size()));
    }

    private SimServer leader() {
        return servers.stream().filter(SimServer::isLeading).findFirst().orElse(servers.get(0));
    }

    private void freeze(SimServer server) {
        server.freeze();
        time.after(1_000L * random.nextInt(50, 3_000), server::thaw);
    }

    private void stall(SimServer server) {
        server.stall();
        time.after(1_000L * random.nextInt(50, 4_000), server::goOn);
    }

    /** Some servers from the others, the leader often among the fewer. */
    private void cut() {
        Set<SimServer> side = new HashSet<>(Set.of(random.nextBoolean() ? leader() : anyone()));
        if (random.nextBoolean()) {
            side.add(anyone());
        }
        boolean breaks = random.nextBoolean();
        long millis = random.nextInt(50, 4_000);
        for (SimServer one : servers) {
            for (SimServer other : servers) {
                if (side.contains(one) && !side.contains(other)) {
                    links.cut(one, other, millis, breaks);
                }
            }
        }
    }

    /** Between the grant of a session and the moment that its client is told, it may fall asleep. */
    @Override
    public void posted(SimServer server) {
        if (dozes && !healed && random.nextInt(20) == 0) {
            freeze(server);
        }
    }

    /** A follower loses its leader for so short a time that its clients stay with it. */
    private void relink() {
        SimServer leader = leader();
        SimServer follower = anyone();
        if (follower != leader) {
            links.cut(leader, follower, RELINK_MILLIS, true);
        }
    }

    /** While it waits for what others asked before it came, the disks may stop: it stays in touch with its leader, and reads nobody. */
    @Override
    public void followed(SimServer server) {
        if (stopsAtTheStart && !healed && random.nextInt(3) == 0) {
            long millis = random.nextInt(500, 4_000);
            for (SimServer one : servers) {
                one.stall();
                time.after(1_000 * millis, one::goOn);
            }
            for (int i = 0; i < PASSERS; i++) {
                passBy();
            }
        }
    }

    /** Whose bytes lie unread at a server that the leader hears is not silent. */
    @Override
    public void proposed(SimServer leader, Payload payload) {
        for (SessionId session : decoded(payload).closedSessions()) {
            for (SimClient client : clients) {
                if (client.isUnread(session, leader)) {
                    throw new Broken("a session of " + client.timeoutMillis() + " ms ends, whose client is not read");
                }
            }
        }
    }

    /** It opens a session and is never seen again. */
    private void passBy() {
        SimClient passer = client();
        clients.add(passer);
        passer.start();
        time.after(1_000L * random.nextInt(PASSING_MILLIS), passer::die);
    }

    private void heal() {
        healed = true;
        servers.forEach(SimServer::goOn);
        servers.forEach(SimServer::thaw);
    }
}
