package dev.assent.coordination.zab;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.LeaderProgress.Phase;

/**
 * A leader's synchronization (phase 2 of the paper): a quorum, the leader included, has the leader's history durable and
 * then its epoch. Who comes later goes through the same while others are served.
 */
final class LeaderSynchronization {

    /** How far the leader itself is. */
    private enum Own {
        SAVING_HISTORY,
        SAVING_EPOCH,
        ACKNOWLEDGED
    }

    private final Leading leading;
    private final Member member;
    private final LeaderProgress progress;
    private Own own = Own.SAVING_HISTORY;

    LeaderSynchronization(Leading leading, LeaderProgress progress) {
        this.leading = leading;
        this.member = leading.member();
        this.progress = progress;
    }

    /** A quorum has promised the epoch. */
    void begin() {
        progress.enter(Phase.SYNCHRONIZING);
        own = Own.SAVING_HISTORY;
        for (Learner learner : progress.learners().all()) {
            if (learner.phase == Learner.Phase.PROMISED) {
                synchronize(learner);
            }
        }
        written();
    }

    /** Step l.2.1. */
    void synchronize(Learner learner) {
        progress.moved();
        if (progress.feed().begin(learner)) {
            sendHistory(learner);
        }
    }

    private void sendHistory(Learner learner) {
        if (!progress.feed().canContinue(learner)) {
            leading.startOver(learner);
            return;
        }
        progress.feed().catchUp(learner, progress.epoch());
        learner.phase = Learner.Phase.SYNCHRONIZING;
        Zxid sent = member.history().zxidAt(learner.nextIndex - 1);
        member.send(learner.id, new PeerMessage.NewLeader(progress.epoch(), sent));
    }

    void ackSnapshotPiece(Learner learner, PeerMessage.AckSnapshotPiece message) {
        if (learner.phase == Learner.Phase.RECEIVING_SNAPSHOT) {
            progress.moved();
            if (progress.feed().ackSnapshotPiece(learner, message)) {
                sendHistory(learner);
            }
        }
    }

    void ackNewLeader(Learner learner, PeerMessage.AckNewLeader message) {
        if (learner.phase != Learner.Phase.SYNCHRONIZING || !message.epoch().equals(progress.epoch())) {
            return;
        }
        learner.phase = Learner.Phase.ACKNOWLEDGED;
        learner.durable = message.durable();
        if (progress.isBroadcasting()) {
            leading.admit(learner);
        } else {
            establish();
        }
    }

    /** The leader's own share: its history durable, then its epoch, as for everybody. */
    void written() {
        if (progress.phase() != Phase.SYNCHRONIZING) {
            return;
        }
        if (own == Own.SAVING_HISTORY && member.isHistoryDurable()) {
            own = Own.SAVING_EPOCH;
            member.saveEpochs(progress.epoch(), progress.epoch());
        }
        if (own == Own.SAVING_EPOCH && member.areEpochsDurable()) {
            own = Own.ACKNOWLEDGED;
            establish();
        }
    }

    /** Step l.2.2: a quorum has the history durable, so all of it is committed; only now is anybody served. */
    private void establish() {
        if (progress.phase() == Phase.SYNCHRONIZING
                && own == Own.ACKNOWLEDGED
                && progress.learners().areQuorumWithLeader(learner -> learner.phase.hasAcknowledged())) {
            leading.beginBroadcast();
        }
    }
}
