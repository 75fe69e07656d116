package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps a session by pinging, and goes to another server when its connection is closed or a ping is not
 * answered for half of the time-out. It remembers when it sent the last ping that was answered: until a time-out after
 * that it may believe in its session.
 */
final class SimClient {
    private static final int DELAY_MICROS = 1_000;

    private final SimTime time;
    private final List<SimServer> servers;
    private final SplittableRandom random;
    private final int timeoutMillis;
    private int at;
    private @Nullable SimConnection connection;
    private @Nullable SessionId session;
    private Payload password = Payload.wrap(new byte[16]);
    private boolean dead;
    private long waitingSinceMillis;
    private long answeredSentMillis;
    private long moves;

    SimClient(SimTime time, List<SimServer> servers, SplittableRandom random) {
        this.time = time;
        this.servers = servers;
        this.random = random;
        this.timeoutMillis = random.nextInt(2 * SimServer.TICK_MILLIS, 8 * SimServer.TICK_MILLIS);
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
        if (present != null && time.nowMillis() - waitingSinceMillis > timeoutMillis / 2) {
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
                session = granted;
                password = itsPassword;
                waitingSinceMillis = time.nowMillis();
            }
        });
    }

    void refused(SimConnection from) {
        time.after(delay(), () -> {
            if (from == connection) {
                session = null;
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
