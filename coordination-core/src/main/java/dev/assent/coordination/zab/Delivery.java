package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import java.util.Optional;

/** What the application learns, strictly in order. Its state holds committed transactions only, never more. */
public sealed interface Delivery {

    /** The next committed transaction. */
    record Committed(Zxid zxid, Payload txn) implements Delivery {}

    /**
     * The peer's role changed.
     *
     * @param epoch the epoch served in, or the last known one while looking
     * @param leader who leads, itself included; empty while looking
     * @param serving whether clients may be served; false from the loss of a leader until the next synchronization
     */
    record RoleChanged(Role role, Epoch epoch, Optional<ServerId> leader, boolean serving) implements Delivery {}

    /**
     * A member that is too far behind needs the state as it is now, after exactly the transactions up to
     * {@code at}. The application takes a point-in-time snapshot before it handles the next delivery, and feeds it
     * back in pieces, of at most a frame, as {@link Input.SnapshotRead} once {@link SnapshotWanted} asks for them.
     *
     * @param generation numbers the request, not a link; to be echoed. A new request for a member replaces its last
     */
    record SnapshotRequested(ServerId to, long generation, Zxid at) implements Delivery {}

    /** The pieces of that request up to and including {@code through} may be fed now (back-pressure). */
    record SnapshotWanted(ServerId to, long generation, long through) implements Delivery {}

    /** Nobody wants the rest of that snapshot any more, or all of it was sent: it can be closed. */
    record SnapshotDropped(ServerId to, long generation) implements Delivery {}

    /** A snapshot from the leader is durable: the application replaces its whole state with it. */
    record SnapshotInstalled(Zxid zxid) implements Delivery {}

    /** An application's message from another member, in order with that link's commits. */
    record AppReceived(ServerId from, Payload message) implements Delivery {}
}
