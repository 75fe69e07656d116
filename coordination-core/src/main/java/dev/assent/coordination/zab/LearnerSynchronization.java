package dev.assent.coordination.zab;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.LearnerProgress.Phase;
import dev.assent.invariants.Invariants;
import java.util.ArrayDeque;

/**
 * A learner's synchronization (phase 2 of the paper): takes over the leader's history, makes it durable, then its epoch,
 * and only then acknowledges.
 */
final class LearnerSynchronization {
    private final Learning learning;
    private final Member member;
    private final LearnerProgress progress;
    private final ArrayDeque<Long> pieceTokens = new ArrayDeque<>();
    private Zxid snapshotAt = Zxid.ZERO;
    private long piecesReceived;
    private long piecesDurable;
    private boolean lastPieceReceived;

    LearnerSynchronization(Learning learning, LearnerProgress progress) {
        this.learning = learning;
        this.member = learning.member();
        this.progress = progress;
    }

    void diff(PeerMessage.Diff message) {
        if (!progress.is(Phase.PROMISED)) {
            return;
        }
        if (message.from().equals(member.history().last())) {
            progress.enter(Phase.SYNCHRONIZING);
        } else {
            learning.giveUp("a DIFF from " + message.from() + " does not continue the log");
        }
    }

    void trunc(PeerMessage.Trunc message) {
        if (progress.is(Phase.PROMISED)) {
            member.truncateAfter(message.lastKept());
            progress.enter(Phase.SYNCHRONIZING);
        }
    }

    void snap(PeerMessage.Snap message) {
        if (progress.is(Phase.PROMISED)) {
            snapshotAt = message.at();
            piecesReceived = 0;
            piecesDurable = 0;
            lastPieceReceived = false;
            pieceTokens.clear();
            progress.enter(Phase.RECEIVING_SNAPSHOT);
        }
    }

    void snapshotPiece(PeerMessage.SnapshotPiece message) {
        if (!progress.is(Phase.RECEIVING_SNAPSHOT) || lastPieceReceived) {
            return;
        }
        if (message.index() != piecesReceived || !message.at().equals(snapshotAt)) {
            learning.giveUp("piece " + message.index() + " of a snapshot came where " + piecesReceived + " was due");
            return;
        }
        piecesReceived++;
        lastPieceReceived = message.last();
        progress.moved();
        pieceTokens.addLast(member.writeSnapshotPiece(message));
    }

    /** Steps f.2.1 to f.2.2: history durable, then the epoch durable, then the acknowledgement. */
    void newLeader(PeerMessage.NewLeader message) {
        if (!progress.is(Phase.SYNCHRONIZING) || !message.epoch().equals(progress.epoch())) {
            return;
        }
        if (!message.last().equals(member.history().last())) {
            learning.giveUp(
                    "the log ends at " + member.history().last() + ", the leader's history at " + message.last());
            return;
        }
        progress.enter(Phase.SAVING_HISTORY);
        written();
    }

    /** Takes the steps that waited for durability. */
    void written() {
        if (progress.is(Phase.RECEIVING_SNAPSHOT)) {
            acknowledgePieces();
        }
        if (progress.is(Phase.SAVING_HISTORY) && member.isHistoryDurable()) {
            Invariants.check(
                    member.accepted().equals(progress.epoch()), "another epoch was promised during synchronization");
            member.saveEpochs(progress.epoch(), progress.epoch());
            progress.enter(Phase.SAVING_EPOCH);
        }
        if (progress.is(Phase.SAVING_EPOCH) && member.areEpochsDurable()) {
            progress.enter(Phase.ACKNOWLEDGED);
            member.send(
                    learning.leader(),
                    new PeerMessage.AckNewLeader(
                            progress.epoch(), member.history().durable()));
        }
    }

    private void acknowledgePieces() {
        boolean moved = false;
        while (!pieceTokens.isEmpty() && member.isDurable(pieceTokens.getFirst())) {
            pieceTokens.removeFirst();
            piecesDurable++;
            moved = true;
        }
        if (moved) {
            progress.moved();
            member.send(learning.leader(), new PeerMessage.AckSnapshotPiece(snapshotAt, piecesDurable - 1));
        }
        if (lastPieceReceived && pieceTokens.isEmpty()) {
            progress.enter(Phase.SYNCHRONIZING);
        }
    }

    void invariants() {
        if (progress.phase().compareTo(Phase.SAVING_EPOCH) >= 0) {
            Invariants.check(member.current().equals(progress.epoch()), "the current epoch is not the leader's");
        }
    }
}
