package dev.assent.coordination.zab;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;

/** What a peer can be told. One at a time, in the order in which it happened. */
public sealed interface Input {

    /** Time went on. {@code nowMillis} is monotonic, of this process only, and the peer's one source of time. */
    record Ticked(long nowMillis) implements Input {}

    /** A first-in-first-out link to {@code peer} is up in both directions; {@code generation} grows with each. */
    record Connected(ServerId peer, long generation) implements Input {}

    /** The link is gone, and with it whatever was under way on it. */
    record Disconnected(ServerId peer, long generation) implements Input {}

    /** A message came on the link of that generation. */
    record Received(ServerId from, long generation, PeerMessage message) implements Input {}

    /** The application wants {@code txn} ordered; legal only between serving as leader and the next role change. */
    record Proposed(Payload txn) implements Input {}

    /** Every {@link Write} up to and including {@code token} survives a power cut. */
    record Written(long token) implements Input {}

    /**
     * A piece of the snapshot that {@link Delivery.SnapshotRequested} asked for, in order from index 0.
     *
     * @param generation as in the request
     */
    record SnapshotRead(ServerId to, long generation, long index, Payload bytes, boolean last) implements Input {}

    /** The application sends {@code message} to another member; dropped unless one of the two leads the other. */
    record AppSent(ServerId to, Payload message) implements Input {}
}
