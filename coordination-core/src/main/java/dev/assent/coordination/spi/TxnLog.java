package dev.assent.coordination.spi;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import java.io.Closeable;
import java.io.IOException;

/**
 * The ordered, durable transactions of one member.
 *
 * <p>Used by one thread at a time. The first {@link IOException} kills the log: every later call fails too, because
 * after a failed fsync the operating system may report success for pages that it dropped. Whoever sees it stops the
 * node and recovers from the disk as it is.
 */
public interface TxnLog extends Closeable {

    /** The position just before the first transaction kept; {@link Zxid#ZERO} until something was purged. */
    Zxid base();

    /** The last transaction appended, or {@link #base} if there is none. */
    Zxid last();

    /** Shows every transaction after {@code position}, in order, checked against its checksum. */
    void readAfter(Zxid position, Visitor visitor) throws IOException;

    /** Adds one transaction after {@link #last}; it survives a power cut only after the next {@link #sync}. */
    void append(Zxid zxid, Payload txn) throws IOException;

    /** Everything appended so far survives a power cut when this returns. */
    void sync() throws IOException;

    /** Drops everything after {@code lastKept}, which must be in the log or its base; durable on return. */
    void truncate(Zxid lastKept) throws IOException;

    /** Drops everything and goes on after {@code base}, whose state a durable snapshot holds; durable on return. */
    void restartAfter(Zxid base) throws IOException;

    /** Frees the space of transactions up to {@code zxid}; may keep some of them, never drops a later one. */
    void purgeThrough(Zxid zxid) throws IOException;

    /** Receives transactions in order. */
    @FunctionalInterface
    interface Visitor {
        void visit(Zxid zxid, Payload txn) throws IOException;
    }
}
