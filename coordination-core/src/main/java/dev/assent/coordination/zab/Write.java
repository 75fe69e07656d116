package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;

/**
 * Something the disk must do, in the order given. Tokens grow strictly over the life of the peer; the shell answers
 * with {@link Input.Written} once everything up to a token is durable, and may answer once for many.
 */
public sealed interface Write {
    long token();

    /** Appends one transaction; its zxid follows the log's last one. */
    record Append(long token, Zxid zxid, Payload txn) implements Write {}

    /** Drops every transaction after {@code lastKept}. */
    record Truncate(long token, Zxid lastKept) implements Write {}

    /** Replaces both epochs at once. */
    record SaveEpochs(long token, Epoch accepted, Epoch current) implements Write {}

    /**
     * A piece of a snapshot received from the leader; index 0 starts a new one, whatever came of an earlier one.
     * With the last piece the snapshot becomes the start of this server's history: durable under its final name
     * first, then the older log is discarded.
     */
    record SnapshotChunk(long token, Zxid zxid, long index, Payload bytes, boolean last) implements Write {}
}
