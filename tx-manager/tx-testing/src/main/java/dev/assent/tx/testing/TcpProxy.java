package dev.assent.tx.testing;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way to a server on this machine that is in a test's hands: it can be cut, closed, or frozen, and may carry some of
 * what is said and not the rest. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private volatile int targetPort;
    private final Filter requests;
    private final Filter answers;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closedToAll;
    private final Object ice = new Object();
    /** Guarded by {@link #ice}. */
    private boolean frozen;
    /** Guarded by {@link #ice}. */
    private boolean deaf;

    /**
     * Which frames pass: what is said is cut up by the length, of four bytes, that each frame begins with, as
     * ZooKeeper's client protocol does.
     */
    @FunctionalInterface
    public interface Filter {
        /** Everything, whatever it is. */
        Filter NONE = (connection, number, frame) -> true;

        /**
         * Whether a frame passes.
         *
         * @param connection the same object for all frames of one
         * @param number of frames that came before it in that direction
         */
        boolean passes(Object connection, long number, ByteBuffer frame);
    }

    /** One whose {@link #target} comes later. */
    public TcpProxy() throws IOException {
        this(0);
    }

    /** A way that carries everything. */
    public TcpProxy(int targetPort) throws IOException {
        this(targetPort, Filter.NONE, Filter.NONE);
    }

    public TcpProxy(int targetPort, Filter requests, Filter answers) throws IOException {
        this.targetPort = targetPort;
        this.requests = requests;
        this.answers = answers;
        daemon(this::accept);
    }

    /** The port stays the same while the target comes and goes. */
    public void target(int port) {
        targetPort = port;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String address() {
        return "127.0.0.1:" + port();
    }

    /** Those that are open, as filters see them. */
    public Set<Object> connections() {
        return Set.copyOf(connections);
    }

    /** Ends every connection without a word; new ones are let through. */
    public void cut() {
        connections.forEach(Connection::close);
    }

    /** Ends every connection and takes no new one, until {@link #open}. */
    public void shut() {
        closedToAll = true;
        cut();
    }

    public void open() {
        closedToAll = false;
    }

    /** From now on nothing passes, and no end is told: connections are taken, and nobody is behind them. */
    public void freeze() {
        synchronized (ice) {
            frozen = true;
        }
    }

    public void thaw() {
        synchronized (ice) {
            frozen = false;
            ice.notifyAll();
        }
    }

    /** From now on requests pass and no answer does, until {@link #letAnswersPass}: what is asked is done, and not heard. */
    public void holdAnswers() {
        synchronized (ice) {
            deaf = true;
        }
    }

    public void letAnswersPass() {
        synchronized (ice) {
            deaf = false;
            ice.notifyAll();
        }
    }

    private void awaitThaw(boolean isAnswer) throws IOException {
        synchronized (ice) {
            while (frozen || (deaf && isAnswer)) {
                try {
                    ice.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while nothing passes", e);
                }
            }
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            if (closedToAll) {
                client.close();
                continue;
            }
            try {
                connect(client);
            } catch (IOException unreachable) {
                LOG.debug("the server of a proxy is away", unreachable);
                client.close();
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Connection connection = new Connection(client, new Socket(InetAddress.getLoopbackAddress(), targetPort));
        connections.add(connection);
        daemon(() -> carry(connection, connection.client(), connection.server(), requests));
        daemon(() -> carry(connection, connection.server(), connection.client(), answers));
    }

    private void carry(Connection connection, Socket from, Socket to, Filter filter) throws IOException {
        try (connection) {
            if (filter == Filter.NONE) {
                carryBytes(from.getInputStream(), to.getOutputStream(), from == connection.server());
            } else {
                carryFrames(connection, from.getInputStream(), to.getOutputStream(), filter);
            }
        } finally {
            connections.remove(connection);
        }
    }

    private void carryBytes(InputStream in, OutputStream out, boolean isAnswer) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            awaitThaw(isAnswer);
            out.write(buffer, 0, count);
        }
    }

    private void carryFrames(Connection connection, InputStream from, OutputStream to, Filter filter)
            throws IOException {
        DataInputStream in = new DataInputStream(from);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to));
        long number = 0;
        for (int length = in.readInt(); ; length = in.readInt()) {
            byte[] frame = in.readNBytes(length);
            awaitThaw(filter == answers);
            if (filter.passes(connection, number++, ByteBuffer.wrap(frame).asReadOnlyBuffer())) {
                out.writeInt(length);
                out.write(frame);
                out.flush();
            }
        }
    }

    private static void daemon(Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        LOG.debug("a proxy ends a connection", e);
                    }
                },
                "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        thaw();
        letAnswersPass();
        cut();
    }

    /** By identity: both ends of one. */
    private static final class Connection implements AutoCloseable {
        private final Socket client;
        private final Socket server;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        Socket client() {
            return client;
        }

        Socket server() {
            return server;
        }

        @Override
        public void close() {
            try (client;
                    server) {
                LOG.trace("a proxy ends a connection of {}", client);
            } catch (IOException e) {
                throw new UncheckedIOException("a socket that cannot be closed", e);
            }
        }
    }
}
