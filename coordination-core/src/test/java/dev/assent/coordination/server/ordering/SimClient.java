package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.sim.Timeline;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps a session by pinging, and goes to another server when its connection is closed or a ping is not
 * answered for half of the time-out. It remembers when it sent the last ping that was answered: until a time-out after
 * that it may believe in its session.
 */
final class SimClient {
    private static final int DELAY_MICROS = 1_000;
    /** Of its time-out, for which a client hears nothing before it gives its connection up. */
    private static final double READ_SHARE = 2.0 / 3;

    private final Timeline time;
    private final List<SimServer> servers;
    private final SplittableRandom random;
    private final int timeoutMillis;
    /** How long it waits for an answer. One that wished for a longer time-out than it got waits for longer than that. */
    private final int patienceMillis;

    private final Predicate<SessionId> over;
    private int at;
    private @Nullable SimConnection connection;
    private @Nullable SessionId session;
    private Payload password = Payload.wrap(new byte[16]);
    private boolean dead;
    private long waitingSinceMillis;
    private long answeredSentMillis;
    private long openedMillis;
    private long moves;

    /** @param over whether a session has ended */
    SimClient(Timeline time, List<SimServer> servers, SplittableRandom random, Predicate<SessionId> over) {
        this.over = over;
        this.time = time;
        this.servers = servers;
        this.random = random;
        this.timeoutMillis = random.nextInt(2 * SimServer.TICK_MILLIS, 8 * SimServer.TICK_MILLIS);
        this.patienceMillis = random.nextBoolean() ? timeoutMillis / 2 : 3 * timeoutMillis;
        this.at = random.nextInt(servers.size());
    }

    void start() {
        connect();
        live();
    }

    /** It falls silent, and its connections stay as they are. */
    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    @Nullable
    SessionId session() {
        return session;
    }

    int timeoutMillis() {
        return timeoutMillis;
    }

    long moves() {
        return moves;
    }

    /** How long ago it sent the last ping that was answered. */
    long sinceAnsweredMillis() {
        return time.nowMillis() - answeredSentMillis;
    }

    /**
     * Whether it may still believe in its session: for a time-out after the last ping that was answered, and for as long
     * after it was told that the session is its own as a client waits for a server.
     *
     * @param share of those times, as clocks differ
     */
    boolean believes(double share) {
        return sinceAnsweredMillis() < timeoutMillis * share
                || time.nowMillis() - openedMillis < timeoutMillis * share * READ_SHARE;
    }

    /** Whether a server that {@code leader} hears has something from it that it has not read. */
    boolean isUnread(SessionId asked, SimServer leader) {
        SimConnection present = connection;
        return !dead && present != null && asked.equals(session) && present.isUnread(leader, timeoutMillis);
    }

    private long delay() {
        return DELAY_MICROS / 2L + random.nextInt(DELAY_MICROS);
    }

    private void connect() {
        SimServer server = servers.get(at % servers.size());
        waitingSinceMillis = time.nowMillis();
        SessionId wanted = session;
        Order wish = wanted == null ? new Order.Open(timeoutMillis) : new Order.Reopen(wanted, password);
        SimConnection made = new SimConnection(server, this);
        connection = made;
        time.after(delay(), () -> server.onEdge(() -> made.greet(wish)));
    }

    /** Pings, and looks whether it is answered. */
    private void live() {
        if (dead) {
            return;
        }
        SimConnection present = connection;
        if (present != null && time.nowMillis() - waitingSinceMillis > patienceMillis) {
            leave(present);
        } else if (present != null && session != null) {
            long sentMillis = time.nowMillis();
            SimServer server = servers.get(at % servers.size());
            time.after(delay(), () -> server.onEdge(() -> present.ping(sentMillis)));
        }
        time.after(1_000L * timeoutMillis / 6, this::live);
    }

    private void leave(SimConnection present) {
        SimServer server = servers.get(at % servers.size());
        time.after(delay(), () -> server.onEdge(() -> present.end("the client left")));
        moveOn();
    }

    private void moveOn() {
        connection = null;
        moves++;
        at++;
        time.after(1_000L * random.nextInt(1, 100), () -> {
            if (!dead && connection == null) {
                connect();
            }
        });
    }

    // From a server

    void pinged(SimConnection from, long sent) {
        time.after(delay(), () -> {
            if (from == connection && !dead) {
                answeredSentMillis = Math.max(answeredSentMillis, sent);
                waitingSinceMillis = time.nowMillis();
            }
        });
    }

    void opened(SimConnection from, SessionId granted, Payload itsPassword) {
        time.after(delay(), () -> {
            if (from == connection && !dead) {
                if (over.test(granted)) {
                    throw new SessionSimulation.Broken("a client is told that it has its session, which has ended");
                }
                session = granted;
                openedMillis = time.nowMillis();
                password = itsPassword;
                waitingSinceMillis = time.nowMillis();
            }
        });
    }

    void refused(SimConnection from) {
        time.after(delay(), () -> {
            if (from == connection) {
                session = null;
                openedMillis = Integer.MIN_VALUE;
            }
        });
    }

    void closed(SimConnection from) {
        time.after(delay(), () -> {
            if (from == connection && !dead) {
                moveOn();
            }
        });
    }
}
