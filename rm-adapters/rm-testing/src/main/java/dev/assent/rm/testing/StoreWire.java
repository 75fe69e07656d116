package dev.assent.rm.testing;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way to a znode server on this machine that can be made to carry everything but writes, which then get no answer:
 * what a client sees of a store that reads and pings, and cannot agree on anything new.
 */
public final class StoreWire implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWire.class);
    /** ZooKeeper's numbers of create, delete, setData, setACL, multi, create2, createContainer and createTTL. */
    private static final Set<Integer> WRITES = Set.of(1, 2, 5, 7, 14, 15, 19, 21);

    private static final int REQUEST_HEADER_BYTES = 8;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private volatile boolean withholding;

    public StoreWire(String connect) throws IOException {
        serverPort = Integer.parseInt(connect.substring(connect.indexOf(':') + 1));
        daemon(this::accept);
    }

    public String connect() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    public void withholdWrites(boolean withhold) {
        withholding = withhold;
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            daemon(() -> carryRequests(client, server));
            daemon(() -> carryReplies(server, client));
        }
    }

    private void carryRequests(Socket client, Socket server) throws IOException {
        try (client;
                server) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
            boolean introduced = false;
            for (int length = in.readInt(); ; length = in.readInt()) {
                byte[] frame = in.readNBytes(length);
                boolean write = introduced
                        && frame.length >= REQUEST_HEADER_BYTES
                        && WRITES.contains(ByteBuffer.wrap(frame).getInt(Integer.BYTES));
                introduced = true;
                if (!withholding || !write) {
                    out.writeInt(length);
                    out.write(frame);
                    out.flush();
                }
            }
        }
    }

    private static void carryReplies(Socket server, Socket client) throws IOException {
        try (client;
                server) {
            long unused = server.getInputStream().transferTo(client.getOutputStream());
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
                "store-wire");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
