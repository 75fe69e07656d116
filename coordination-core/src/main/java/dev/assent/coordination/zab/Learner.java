package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a leader knows of one learner, from its FollowerInfo until it leaves. Written by {@link Leading} and
 * the classes of its phases only. */
final class Learner {

    /** How far the learner is with the present epoch. */
    enum Phase {
        INFORMED,
        /** The new epoch was sent to it. */
        PROMISING,
        PROMISED,
        RECEIVING_SNAPSHOT,
        /** It was sent the whole history and NEWLEADER; proposals are sent to it as they are made. */
        SYNCHRONIZING,
        /** Its history and current epoch are durable. Only now do its acknowledgements count. */
        ACKNOWLEDGED,
        UP_TO_DATE;

        boolean isFed() {
            return compareTo(SYNCHRONIZING) >= 0;
        }

        boolean hasAcknowledged() {
            return compareTo(ACKNOWLEDGED) >= 0;
        }
    }

    final ServerId id;
    final boolean votes;
    final long session;
    Epoch accepted;
    Phase phase = Phase.INFORMED;
    boolean promiseCounts;
    /** The last transaction in its log when it promised. */
    Zxid last = Zxid.ZERO;
    /** Durable at the learner under this epoch. */
    Zxid durable = Zxid.ZERO;
    /** Index in the leader's history of what to send next. */
    long nextIndex;

    long heardAtMillis;
    /** Served at least once since it came; stays so while the epoch rolls over. */
    boolean joined;
    /** Messages of the application that must not overtake the commits of an epoch that is just being opened. */
    final ArrayDeque<Payload> heldMessages = new ArrayDeque<>();

    @Nullable
    SnapshotTransfer transfer;

    Learner(ServerId id, boolean votes, PeerMessage.FollowerInfo info, long nowMillis) {
        this.id = id;
        this.votes = votes;
        this.session = info.session();
        this.accepted = info.accepted();
        this.heardAtMillis = nowMillis;
    }

    /** Back to where a learner is when it has only told of itself: its leader opens another epoch. */
    void restart() {
        phase = Phase.INFORMED;
        promiseCounts = false;
        durable = Zxid.ZERO;
        transfer = null;
    }
}
