package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;
import java.util.List;

/**
 * Sends a leader's history to its learners: what each lacks first, then everything new, from one cursor per learner
 * into the one history. There is no second queue that could disagree with it (ZOOKEEPER-4394, 4925).
 */
final class Feed {
    private final Member member;
    private final Learners learners;
    private long lastRequest;

    Feed(Member member, Learners learners) {
        this.member = member;
        this.learners = learners;
    }

    /**
     * Starts synchronization: DIFF if the learner's log is a part of the history held here, TRUNC if it only branches
     * off from it, SNAP if its end lies before what is held. Returns whether the history was sent already; it was not
     * if a snapshot comes first.
     *
     * <p>That the learner has the entry to truncate to follows from ZAB: an entry of epoch e in any log implies all
     * of e's history before it. The learner checks it all the same.
     */
    boolean begin(Learner learner) {
        History history = member.history();
        long floor = history.floor(learner.last);
        if (floor == History.NOT_HELD) {
            beginSnapshot(learner);
            return false;
        }
        Zxid common = history.zxidAt(floor);
        boolean branchesOff = !common.equals(learner.last);
        member.send(learner.id, branchesOff ? new PeerMessage.Trunc(common) : new PeerMessage.Diff(common));
        learner.nextIndex = floor + 1;
        return true;
    }

    private void beginSnapshot(Learner learner) {
        Zxid at = member.history().delivered();
        SnapshotTransfer transfer = new SnapshotTransfer(++lastRequest, at);
        learner.transfer = transfer;
        learner.phase = Learner.Phase.RECEIVING_SNAPSHOT;
        learner.nextIndex = member.history().deliveredEnd();
        pin();
        member.send(learner.id, new PeerMessage.Snap(at));
        member.deliver(new Delivery.SnapshotRequested(learner.id, transfer.request(), at));
        want(learner, transfer, member.config().limits().snapshotPiecesInFlightMax() - 1L);
    }

    void snapshotRead(Learner learner, Input.SnapshotRead piece) {
        SnapshotTransfer transfer = learner.transfer;
        if (transfer != null && transfer.takes(piece)) {
            member.send(
                    learner.id,
                    new PeerMessage.SnapshotPiece(transfer.at(), piece.index(), piece.bytes(), piece.last()));
        }
    }

    /** Returns whether the learner has the whole snapshot now. */
    boolean ackSnapshotPiece(Learner learner, PeerMessage.AckSnapshotPiece ack) {
        SnapshotTransfer transfer = learner.transfer;
        if (transfer == null || !ack.at().equals(transfer.at())) {
            return false;
        }
        if (transfer.isCompletedBy(ack)) {
            endSnapshot(learner);
            return true;
        }
        if (!transfer.isAllSent()) {
            want(learner, transfer, ack.index() + member.config().limits().snapshotPiecesInFlightMax());
        }
        return false;
    }

    /** The learner needs no snapshot any more. */
    void endSnapshot(Learner learner) {
        SnapshotTransfer transfer = learner.transfer;
        if (transfer != null) {
            learner.transfer = null;
            member.deliver(new Delivery.SnapshotDropped(learner.id, transfer.request()));
            pin();
        }
    }

    private void want(Learner learner, SnapshotTransfer transfer, long through) {
        member.deliver(new Delivery.SnapshotWanted(learner.id, transfer.request(), through));
    }

    private void pin() {
        long pinned = Long.MAX_VALUE;
        for (Learner learner : learners.all()) {
            if (learner.transfer != null) {
                pinned = Math.min(pinned, learner.nextIndex);
            }
        }
        member.pin(pinned);
    }

    /** Whether what the learner needs next is still held. */
    boolean canContinue(Learner learner) {
        return member.history().isHeld(learner.nextIndex - 1);
    }

    /** Sends a learner everything it may have that it was not sent: a voter all, an observer what is committed. */
    void catchUp(Learner learner, Epoch epoch) {
        History history = member.history();
        long to = learner.votes ? history.end() : Math.max(learner.nextIndex, history.deliveredEnd());
        while (learner.nextIndex < to) {
            Zxid previous = history.zxidAt(learner.nextIndex - 1);
            List<Proposal> batch =
                    history.batch(learner.nextIndex, to, member.config().limits());
            learner.nextIndex += batch.size();
            member.send(
                    learner.id,
                    learner.votes
                            ? new PeerMessage.Propose(epoch, previous, batch, member.committed())
                            : new PeerMessage.Inform(epoch, previous, batch));
        }
    }

    /** Sends every learner that is fed what is new. */
    void catchUpAll(Epoch epoch) {
        List<Learner> all = learners.all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).phase.isFed()) {
                catchUp(all.get(i), epoch);
            }
        }
    }
}
