package dev.assent.rm.atomikos;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A way to a server that can be made to carry requests but no answers, and to be cut. */
final class LossyLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LossyLink.class);
    private static final int PING_XID = -2;

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> mute = ConcurrentHashMap.newKeySet();
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

    /** From now on clients that are connected hear the server's answers to pings and nothing else; later ones hear all. */
    void answerPingsOnly() {
        mute.addAll(sockets);
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
        daemon(() -> carry(client, server));
        daemon(() -> carryAnswers(server, client));
    }

    private static void carry(Socket client, Socket server) {
        byte[] buffer = new byte[8192];
        try (client;
                server) {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            LOG.debug("the link ends a connection", e);
        }
    }

    /** Frame by frame: a length, and after the first one the number of the request that it answers. */
    private void carryAnswers(Socket server, Socket client) {
        try (server;
                client) {
            DataInputStream in = new DataInputStream(server.getInputStream());
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()));
            for (int length = in.readInt(); ; length = in.readInt()) {
                byte[] frame = in.readNBytes(length);
                boolean ping = ByteBuffer.wrap(frame).getInt() == PING_XID;
                if (!swallowAnswers && (ping || !mute.contains(client))) {
                    out.writeInt(length);
                    out.write(frame);
                    out.flush();
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
