package dev.assent.shop.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way to a server on this machine that a drill can bar: for everything, for answers, or for what says a certain thing.
 * Nobody is told that it is barred; connections are taken as ever. Thread-safe.
 */
public final class TcpGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpGate.class);
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int BACKLOG = 200;

    private final ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    private final Greeting greeting;
    private volatile int targetPort;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    // Guarded by this, all of them.
    private boolean requestsBarred;
    private boolean answersBarred;
    private Hold hold = Hold.NOTHING;
    private String said = "";
    private final Map<Pair, String> held = new LinkedHashMap<>();

    /** What is held of a request that says a certain thing. */
    private enum Hold {
        NOTHING,
        REQUEST,
        /** The request passes, its answer does not. */
        ANSWER
    }

    private TcpGate(int targetPort, Greeting greeting) throws IOException {
        this.targetPort = targetPort;
        this.greeting = greeting;
    }

    public static TcpGate to(int targetPort) throws IOException {
        return to(targetPort, Greeting.NONE);
    }

    /** One that greets both ends of each connection first. */
    public static TcpGate to(int targetPort, Greeting greeting) throws IOException {
        TcpGate gate = new TcpGate(targetPort, greeting);
        gate.daemon(gate::accept);
        return gate;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Connections lead there from now on; those that stand stay. */
    public void leadTo(int otherPort) {
        targetPort = otherPort;
    }

    /** Ends every connection, whatever is on its way. New ones are taken. */
    public void cut() {
        pairs.forEach(Pair::close);
    }

    /** Nothing passes from now on, or no answer. */
    public synchronized void bar(boolean answersOnly) {
        requestsBarred = !answersOnly;
        answersBarred = true;
    }

    /** From now on requests that contain {@code text} are held. */
    public synchronized void holdRequests(String text) {
        said = text;
        hold = Hold.REQUEST;
    }

    /** From now on requests that contain {@code text} pass, and nothing more comes back on their connections. */
    public synchronized void holdAnswers(String text) {
        said = text;
        hold = Hold.ANSWER;
    }

    /** What is held, from {@code text} on up to the end of its quoted name. */
    public synchronized List<String> held() {
        return List.copyOf(held.values());
    }

    /** Everything passes again, what is held too. */
    public synchronized void open() {
        requestsBarred = false;
        answersBarred = false;
        hold = Hold.NOTHING;
        held.clear();
        notifyAll();
    }

    /** The connections on which something is held end, and it never arrives; everything else passes. */
    public synchronized void drop() {
        new ArrayList<>(held.keySet()).forEach(Pair::close);
        open();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            daemon(() -> connect(client));
        }
    }

    /** A gate that is barred lets nobody in either: who greets takes part in what is said. */
    private void connect(Socket client) throws IOException {
        Pair plain;
        try {
            plain = new Pair(client, new Socket(InetAddress.getLoopbackAddress(), targetPort));
        } catch (IOException away) {
            LOG.debug("nobody is behind a gate", away);
            client.close();
            return;
        }
        client.setTcpNoDelay(true);
        plain.server().setTcpNoDelay(true);
        pairs.add(plain);
        boolean isGreeted = false;
        try {
            if (greeting != Greeting.NONE) {
                awaitPassage(plain, false);
                awaitPassage(plain, true);
            }
            Greeting.Ends ends = greeting.greet(client, plain.server());
            Pair pair = new Pair(ends.client(), ends.server());
            pairs.add(pair);
            daemon(() -> carry(pair, pair.client(), pair.server(), false));
            daemon(() -> carry(pair, pair.server(), pair.client(), true));
            isGreeted = true;
        } finally {
            pairs.remove(plain);
            if (!isGreeted) {
                plain.close();
            }
        }
    }

    private void carry(Pair pair, Socket from, Socket to, boolean isAnswer) throws IOException {
        try (pair) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (!isAnswer) {
                    notice(pair, buffer, count);
                }
                awaitPassage(pair, isAnswer);
                out.write(buffer, 0, count);
            }
        } finally {
            pairs.remove(pair);
        }
    }

    private synchronized void notice(Pair pair, byte[] buffer, int count) {
        if (hold == Hold.NOTHING) {
            return;
        }
        String text = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
        int from = text.indexOf(said);
        if (from >= 0) {
            int quote = text.indexOf('\'', from);
            int end = quote < 0 ? -1 : text.indexOf('\'', quote + 1);
            held.put(pair, text.substring(from, end < 0 ? text.length() : end + 1));
        }
    }

    private synchronized void awaitPassage(Pair pair, boolean isAnswer) throws IOException {
        while (isBarred(pair, isAnswer)) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while nothing passes", interrupted);
            }
        }
    }

    private boolean isBarred(Pair pair, boolean isAnswer) {
        if (isAnswer ? answersBarred : requestsBarred) {
            return !pair.isClosed();
        }
        // What was asked before the hold began is answered; what is held is all that was asked since.
        boolean isHeld = held.containsKey(pair) && (isAnswer || hold == Hold.REQUEST);
        return isHeld && hold != Hold.NOTHING && !pair.isClosed();
    }

    private void daemon(Step step) {
        Thread thread = new Thread(() -> run(step), "tcp-gate-" + targetPort);
        thread.setDaemon(true);
        thread.start();
    }

    /** A connection that breaks is one end's way to leave; the other end is told by the close. */
    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException ended) {
            LOG.debug("a gate ends a connection", ended);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException stuck) {
            throw new IllegalStateException("a listener that cannot be closed", stuck);
        }
        open();
        pairs.forEach(Pair::close);
    }

    /** By identity: both ends of a connection. */
    private static final class Pair implements AutoCloseable {
        private final Socket client;
        private final Socket server;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        Socket client() {
            return client;
        }

        Socket server() {
            return server;
        }

        boolean isClosed() {
            return client.isClosed();
        }

        @Override
        public void close() {
            try (client;
                    server) {
                LOG.trace("a gate ends a connection of {}", client);
            } catch (IOException broken) {
                throw new IllegalStateException("a socket that cannot be closed", broken);
            }
        }
    }
}
