package dev.assent.coordination.zab;

import dev.assent.coordination.model.Zxid;

/** One snapshot on its way to one learner: pieces go out in order, and only a few ahead of the learner's disk. */
final class SnapshotTransfer {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final long request;
    private final Zxid at;
    private long nextPiece;
    private long lastPiece = UNKNOWN;

    SnapshotTransfer(long request, Zxid at) {
        this.request = request;
        this.at = at;
    }

    long request() {
        return request;
    }

    Zxid at() {
        return at;
    }

    /** Whether {@code piece} is the next one of this transfer; if so it counts as sent. */
    boolean takes(Input.SnapshotRead piece) {
        if (piece.generation() != request || piece.index() != nextPiece || lastPiece != UNKNOWN) {
            return false;
        }
        nextPiece++;
        if (piece.last()) {
            lastPiece = piece.index();
        }
        return true;
    }

    boolean isAllSent() {
        return lastPiece != UNKNOWN;
    }

    boolean isCompletedBy(PeerMessage.AckSnapshotPiece ack) {
        return ack.at().equals(at) && ack.index() == lastPiece;
    }
}
