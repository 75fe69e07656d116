package dev.assent.coordination.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A client that sends whatever a test likes, each sending in one piece: a server may close the connection at its first
 * bytes, and a second piece would then fail here or not, as the machine is quick or slow.
 */
final class RawClient implements AutoCloseable {
    private static final int READ_MILLIS_MAX = 120_000;
    private static final int NARROW_BYTES = 16 * 1024;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    RawClient(int port) throws IOException {
        this(port, READ_MILLIS_MAX);
    }

    /** With a patience of its own for each read. */
    RawClient(int port, int readMillisMax) throws IOException {
        this(connected(new Socket(), port), readMillisMax);
    }

    private RawClient(Socket socket, int readMillisMax) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(readMillisMax);
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** One whose system takes few bytes on its behalf, so that what it does not take stays at the server. */
    static RawClient slow(int port) throws IOException {
        Socket narrow = new Socket();
        narrow.setReceiveBufferSize(NARROW_BYTES);
        return new RawClient(connected(narrow, port), READ_MILLIS_MAX);
    }

    private static Socket connected(Socket socket, int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    /** Takes so many bytes of what comes, whatever they are. */
    void take(int bytes) throws IOException {
        in.readFully(new byte[bytes]);
    }

    /** Asks for a new session and returns its id. */
    long openSession(int timeoutMillis, long lastZxidSeen) throws IOException {
        requestSession(timeoutMillis, lastZxidSeen);
        return readSession();
    }

    void requestSession(int timeoutMillis, long lastZxidSeen) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeInt(0);
        frame.writeLong(lastZxidSeen);
        frame.writeInt(timeoutMillis);
        frame.writeLong(0);
        frame.writeInt(16);
        frame.write(new byte[16]);
        sendFrame(bytes.toByteArray());
    }

    /** The id of the session that was granted. */
    long readSession() throws IOException {
        byte[] reply = readFrame();
        return new DataInputStream(new java.io.ByteArrayInputStream(reply, 8, 8)).readLong();
    }

    /** A request for an ephemeral znode that is open to all, as a frame. */
    static byte[] createEphemeral(String path) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeInt(1);
        frame.writeInt(1);
        writeText(frame, path);
        frame.writeInt(0);
        frame.writeInt(1);
        frame.writeInt(31);
        writeText(frame, "world");
        writeText(frame, "anyone");
        frame.writeInt(1);
        return bytes.toByteArray();
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    void sendFrame(byte[] frame) throws IOException {
        sendTogether(frame);
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void sendInts(int... values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
        for (int value : values) {
            bytes.putInt(value);
        }
        send(bytes.array());
    }

    /** Several frames in one piece. */
    void sendTogether(byte[]... frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream together = new DataOutputStream(bytes);
        for (byte[] frame : frames) {
            together.writeInt(frame.length);
            together.write(frame);
        }
        send(bytes.toByteArray());
    }

    byte[] readFrame() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    /** Everything up to the end of the connection; empty if it was reset. Fails if it does not end in time. */
    String readToEnd() throws IOException {
        try {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
