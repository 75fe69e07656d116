package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;

/** How far a leader is with its epoch, and whom it leads: what the classes of its three phases have in common. */
final class LeaderProgress extends Progress<LeaderProgress.Phase> {

    /** How far the present epoch is. */
    enum Phase {
        /** Waits for a quorum of FollowerInfo. */
        GATHERING,
        /** The leader's own promise of the epoch is being made durable. */
        PROMISING,
        /** Waits for a quorum of promises. */
        PROMISED,
        /** Waits for a quorum, the leader included, to have the history and then the epoch durable. */
        SYNCHRONIZING,
        BROADCASTING
    }

    private final Learners learners;
    private final Feed feed;
    private Zxid lastProposed = Zxid.ZERO;
    private boolean established;

    LeaderProgress(Member member) {
        super(member, Phase.GATHERING);
        this.learners = new Learners(member.self(), member.config().quorum());
        this.feed = new Feed(member, learners);
    }

    Learners learners() {
        return learners;
    }

    Feed feed() {
        return feed;
    }

    boolean isBroadcasting() {
        return phase() == Phase.BROADCASTING;
    }

    void open(Epoch next) {
        open(next, Phase.PROMISING);
    }

    /** The last transaction that was given a zxid; its epoch is the last one that was established. */
    Zxid lastProposed() {
        return lastProposed;
    }

    void proposed(Zxid zxid) {
        lastProposed = zxid;
    }

    /** Whether an epoch of this leader was established; it stays so while the next one is opened. */
    boolean isEstablished() {
        return established;
    }

    void establish() {
        established = true;
    }
}
