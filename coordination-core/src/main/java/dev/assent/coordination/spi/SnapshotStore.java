package dev.assent.coordination.spi;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Point-in-time states of one member, each named by the last transaction in it.
 *
 * <p>A snapshot exists from the moment its final name is durable, whole, and never changes. Safe for use by several
 * threads, because one writes local snapshots while another receives the leader's.
 */
public interface SnapshotStore {

    /** Every snapshot under its final name, newest first; not yet verified. */
    List<Stored> list() throws IOException;

    /** Reads it through and compares its checksum; false if it is damaged. Fails only if it cannot be read at all. */
    boolean verify(Stored snapshot) throws IOException;

    /** The state as it was written; the caller verified the snapshot before and closes the stream. */
    InputStream open(Stored snapshot) throws IOException;

    /** Stores this member's own state; durable under its final name on return. */
    void write(Zxid zxid, Body body) throws IOException;

    /** Begins to store a state that comes from the leader in pieces. An older, unfinished one is given up. */
    Reception receive(Zxid zxid) throws IOException;

    /**
     * Deletes all but the newest {@code kept} snapshots, after verifying the oldest of those.
     *
     * @return the oldest kept one, up to which the log is no longer needed; empty while there are fewer, or if it is
     *     damaged, in which case nothing is deleted
     */
    Optional<Zxid> purge(int kept) throws IOException;

    /**
     * A snapshot under its final name.
     *
     * @param received whether it came from the leader, so that log records from before it are void
     */
    record Stored(Zxid zxid, boolean received) {}

    /** Writes a state. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A snapshot on its way in; used by one thread. Closing it before {@link #commit} leaves no trace. */
    interface Reception extends Closeable {
        void append(Payload bytes) throws IOException;

        /** Durable under its final name on return. */
        void commit() throws IOException;
    }
}
