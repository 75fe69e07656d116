package dev.assent.coordination.server.edge;

import dev.assent.coordination.model.SessionId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the connections of a server's clients were asked and told, in all and one by one. Thread-safe. */
public final class Traffic {
    private final Counts all = new Counts();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /** Of all connections that ever were, or of one. */
    public Counts all() {
        return all;
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

    Connection opened(InetSocketAddress remote) {
        Connection connection = new Connection(this, remote);
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
        private volatile int queued;
        private volatile Optional<Tenant> tenant = Optional.empty();

        /** The session that is on it. */
        public record Tenant(SessionId session, int timeoutMillis) {}

        private Connection(Traffic traffic, InetSocketAddress remote) {
            this.traffic = traffic;
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
            return queued;
        }

        public Optional<Tenant> tenant() {
            return tenant;
        }

        void received() {
            counts.received();
            traffic.all.received();
        }

        void answered(long latencyMillis) {
            counts.answered(latencyMillis);
            traffic.all.answered(latencyMillis);
        }

        void queued(int now) {
            if (queued != now) {
                queued = now;
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
