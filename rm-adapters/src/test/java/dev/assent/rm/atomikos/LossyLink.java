package dev.assent.rm.atomikos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A way to a server that can be made to carry requests but no answers, and to be cut. */
final class LossyLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LossyLink.class);

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean swallowAnswers;
    private volatile boolean refuse;

    LossyLink(int serverPort) throws IOException {
        this.serverPort = serverPort;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    String connect() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** From now on the server hears, and nobody hears the server. */
    void swallowAnswers() {
        swallowAnswers = true;
    }

    /** Ends all connections and takes no new ones. */
    void cut() throws IOException {
        refuse = true;
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    void restore() {
        swallowAnswers = false;
        refuse = false;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                join(listener.accept());
            } catch (IOException e) {
                LOG.debug("the link ends a connection", e);
            }
        }
    }

    private void join(Socket client) throws IOException {
        if (refuse) {
            client.close();
            return;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        sockets.add(client);
        sockets.add(server);
        daemon(() -> carry(client, server, false));
        daemon(() -> carry(server, client, true));
    }

    private void carry(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!answers || !swallowAnswers) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            LOG.debug("the link ends a connection", e);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "lossy-link");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
