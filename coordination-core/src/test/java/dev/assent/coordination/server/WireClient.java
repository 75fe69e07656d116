package dev.assent.coordination.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.apache.zookeeper.proto.WatcherEvent;

/** Sends requests one by one, made of the official classes yet without the official client's own checks. */
final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 40_000;

    private final RawClient raw;
    private final long session;
    private int lastXid;

    /**
     * What came back for one request.
     *
     * @param closed whether the server closed the connection instead
     * @param events what watches told since the reply before
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, field by field; nobody compares or keeps it
    record Reply(boolean closed, int error, long zxid, byte[] body, List<String> events) {}

    WireClient(int port) throws IOException {
        this.raw = new RawClient(port);
        this.session = raw.openSession(TIMEOUT_MILLIS, 0);
    }

    long session() {
        return session;
    }

    /** Under a request number of its own. */
    Reply call(int op, Record... bodies) {
        return call(++lastXid, op, bodies);
    }

    Reply call(int xid, int op, Record... bodies) {
        try {
            raw.sendFrame(frame(xid, op, bodies));
            return reply();
        } catch (EOFException | SocketException closed) {
            return new Reply(true, 0, 0, new byte[0], List.of());
        } catch (IOException e) {
            throw new UncheckedIOException("operation " + op + " has no answer", e);
        }
    }

    private static byte[] frame(int xid, int op, Record... bodies) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryOutputArchive out = BinaryOutputArchive.getArchive(bytes);
        new RequestHeader(xid, op).serialize(out, "header");
        for (Record body : bodies) {
            body.serialize(out, "request");
        }
        return bytes.toByteArray();
    }

    private Reply reply() throws IOException {
        List<String> events = new ArrayList<>();
        while (true) {
            ByteArrayInputStream frame = new ByteArrayInputStream(raw.readFrame());
            BinaryInputArchive in = BinaryInputArchive.getArchive(frame);
            ReplyHeader header = new ReplyHeader();
            header.deserialize(in, "header");
            if (header.getXid() != -1) {
                return new Reply(false, header.getErr(), header.getZxid(), frame.readAllBytes(), events);
            }
            WatcherEvent event = new WatcherEvent();
            event.deserialize(in, "event");
            events.add(event.getType() + " " + event.getPath());
        }
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
