package dev.assent.coordination.server.edge;

import dev.assent.coordination.model.SessionId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What the connections of a server's clients were asked and told, in all and one by one. Thread-safe. */
public final class Traffic {
    /** One for each event loop, of all connections that it ever had. */
    private final List<Counts> loops = new CopyOnWriteArrayList<>();

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /** Of all connections that ever were. */
    public Counts.Summary all() {
        return loops.stream().map(Counts::summary).reduce(Counts.Summary.NOTHING, Counts.Summary::plus);
    }

    /** Begins to count all anew. */
    public void reset() {
        loops.forEach(Counts::reset);
    }

    /** What one event loop counts in. */
    Counts ofLoop() {
        Counts counts = new Counts();
        loops.add(counts);
        return counts;
    }

    /** Some of the open connections. */
    public List<Connection> connections(int max) {
        return open.stream().limit(max).toList();
    }

    /** How many requests wait for an answer. */
    public long outstanding() {
        return open.stream().mapToLong(Connection::queued).sum();
    }

    /** Begins to count anew for each open connection. */
    public void resetConnections() {
        open.forEach(connection -> connection.counts().reset());
    }

    /** @param ofLoop of the connection's event loop */
    Connection opened(InetSocketAddress remote, Counts ofLoop) {
        Connection connection = new Connection(this, remote, ofLoop);
        open.add(connection);
        return connection;
    }

    private void forget(Connection connection) {
        open.remove(connection);
    }

    /** One open connection. Its own event loop writes, any thread reads. */
    public static final class Connection {
        private final Traffic traffic;
        private final InetSocketAddress remote;
        private final Counts counts = new Counts();
        private final Counts ofLoop;
        private final AtomicInteger queued = new AtomicInteger();
        private volatile Optional<Tenant> tenant = Optional.empty();

        /** The session that is on it. */
        public record Tenant(SessionId session, int timeoutMillis) {}

        private Connection(Traffic traffic, InetSocketAddress remote, Counts ofLoop) {
            this.traffic = traffic;
            this.ofLoop = ofLoop;
            this.remote = remote;
        }

        public InetSocketAddress remote() {
            return remote;
        }

        public Counts counts() {
            return counts;
        }

        /** Its requests that wait for an answer. */
        public int queued() {
            return queued.get();
        }

        public Optional<Tenant> tenant() {
            return tenant;
        }

        void received() {
            counts.received();
            ofLoop.received();
        }

        void answered(long latencyMillis) {
            counts.answered(latencyMillis);
            ofLoop.answered(latencyMillis);
        }

        void queued(int now) {
            if (queued.getPlain() != now) {
                queued.setRelease(now);
            }
        }

        void opened(SessionId session, int timeoutMillis) {
            tenant = Optional.of(new Tenant(session, timeoutMillis));
        }

        void closed() {
            traffic.forget(this);
        }
    }
}
