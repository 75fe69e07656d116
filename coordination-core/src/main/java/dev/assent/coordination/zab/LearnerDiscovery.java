package dev.assent.coordination.zab;

import dev.assent.coordination.zab.LearnerProgress.Phase;

/** A learner's discovery (phase 1 of the paper): tells of itself, and promises the leader's epoch. */
final class LearnerDiscovery {
    private final Learning learning;
    private final Member member;
    private final LearnerProgress progress;
    /** Of the attempt to follow, so that an answer to an earlier one is told apart. */
    private long session;

    private boolean promiseCounts;

    LearnerDiscovery(Learning learning, LearnerProgress progress) {
        this.learning = learning;
        this.member = learning.member();
        this.progress = progress;
    }

    /** The elected leads. */
    void inform() {
        session = member.newSession();
        progress.enter(Phase.INFORMED);
        member.send(learning.leader(), new PeerMessage.FollowerInfo(session, member.accepted()));
    }

    /** Steps f.1.1 and f.1.2: promise durably, then acknowledge. */
    void newEpoch(PeerMessage.NewEpoch message) {
        if (message.session() != session || progress.is(Phase.AWAITING_LEADER)) {
            return;
        }
        if (member.accepted().isAfter(message.epoch())) {
            learning.giveUp(message.epoch() + " of leader " + learning.leader() + " is before the promised "
                    + member.accepted());
            return;
        }
        promiseCounts = message.epoch().isAfter(member.accepted());
        if (promiseCounts) {
            member.saveEpochs(message.epoch(), member.current());
        }
        progress.promise(message.epoch());
        written();
    }

    /** The promise may have become durable. */
    void written() {
        if (progress.is(Phase.PROMISING) && member.areEpochsDurable() && !member.isInstalling()) {
            progress.enter(Phase.PROMISED);
            member.send(
                    learning.leader(),
                    new PeerMessage.AckEpoch(
                            progress.epoch(),
                            promiseCounts,
                            member.current(),
                            member.history().last()));
        }
    }
}
