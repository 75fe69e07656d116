package dev.assent.rm.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A way to a server on this machine that can be cut: those on it are disconnected without a word, later ones are not. */
public final class Wire implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    public Wire(int serverPort) throws IOException {
        this.serverPort = serverPort;
        daemon(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public void cut() throws IOException {
        for (Socket socket : List.copyOf(sockets)) {
            socket.close();
            sockets.remove(socket);
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.add(client);
            sockets.add(server);
            daemon(() -> carry(client, server));
            daemon(() -> carry(server, client));
        }
    }

    private static void carry(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            long unused = from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private static void daemon(Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        LOG.debug("the wire ends a connection", e);
                    }
                },
                "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
