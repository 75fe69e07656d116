package dev.assent.coordination.zab;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.zab.LeaderProgress.Phase;
import dev.assent.invariants.Invariants;

/**
 * A leader's discovery (phase 1 of the paper): an epoch after every one that a quorum has promised, promised by a
 * quorum, none of which has a longer history. Who comes later goes through the same, in whatever phase the leader is.
 */
final class LeaderDiscovery {
    private final Leading leading;
    private final Member member;
    private final LeaderProgress progress;
    private final Learners learners;

    LeaderDiscovery(Leading leading, LeaderProgress progress) {
        this.leading = leading;
        this.member = leading.member();
        this.progress = progress;
        this.learners = progress.learners();
    }

    /** Step l.1.1: an epoch after every one that a quorum has promised. */
    void followerInfo(ServerId from, PeerMessage.FollowerInfo message) {
        leading.drop(from);
        boolean votes = member.config().quorum().votes(from);
        Learner learner = new Learner(from, votes, message, member.nowMillis());
        learners.add(learner);
        learners.heard(learner, member.nowMillis());
        switch (progress.phase()) {
            case GATHERING -> gather();
            case PROMISING, PROMISED -> {
                if (votes && !progress.epoch().isAfter(message.accepted())) {
                    openEpoch();
                } else {
                    invite(learner);
                }
            }
            case SYNCHRONIZING, BROADCASTING -> invite(learner);
        }
    }

    /** Opens the first epoch once a quorum has come. */
    void gather() {
        if (learners.areQuorumWithLeader(learner -> true)) {
            openEpoch();
        }
    }

    /** Opens the next epoch, with all learners kept. */
    void openEpoch() {
        Epoch highest = member.accepted();
        for (Learner learner : learners.all()) {
            highest = learner.accepted.isAfter(highest) ? learner.accepted : highest;
            progress.feed().endSnapshot(learner);
            learner.restart();
        }
        progress.open(highest.next());
        member.saveEpochs(progress.epoch(), member.current());
    }

    /** The leader's own promise may have become durable; returns whether it was that. */
    boolean written() {
        if (progress.phase() != Phase.PROMISING || !member.areEpochsDurable()) {
            return false;
        }
        progress.enter(Phase.PROMISED);
        inviteAll();
        countPromises();
        return true;
    }

    /** Step l.1.1, second half; the leader's own promise is durable by now. Observers wait for a served epoch. */
    private void invite(Learner learner) {
        boolean isTime = learner.votes ? progress.phase().compareTo(Phase.PROMISED) >= 0 : progress.isBroadcasting();
        if (!isTime || learner.phase != Learner.Phase.INFORMED) {
            return;
        }
        if (learner.accepted.isAfter(progress.epoch())) {
            openEpoch();
            return;
        }
        learner.phase = Learner.Phase.PROMISING;
        member.send(learner.id, new PeerMessage.NewEpoch(learner.session, progress.epoch()));
    }

    void inviteAll() {
        for (Learner learner : learners.all()) {
            invite(learner);
        }
    }

    /** Step l.1.2: with a quorum of promises, and no history among them that is longer than ours, ours is it. */
    void ackEpoch(Learner learner, PeerMessage.AckEpoch message) {
        if (learner.phase != Learner.Phase.PROMISING || !message.epoch().equals(progress.epoch())) {
            return;
        }
        learner.phase = Learner.Phase.PROMISED;
        learner.accepted = progress.epoch();
        learner.promiseCounts = message.counts();
        learner.last = message.last();
        if (progress.phase() != Phase.PROMISED) {
            leading.synchronize(learner);
        } else if (new Vote(learner.id, message.current(), message.last()).beats(ownHistory(learner.id))) {
            leading.giveUp("follower " + learner.id + " has a longer history");
        } else {
            countPromises();
        }
    }

    /** What the histories are compared by, with the id made equal. */
    private Vote ownHistory(ServerId id) {
        return new Vote(id, member.current(), member.history().last());
    }

    private void countPromises() {
        if (learners.areQuorumWithLeader(learner -> learner.phase == Learner.Phase.PROMISED && learner.promiseCounts)) {
            leading.beginSynchronization();
        }
    }

    void invariants() {
        if (progress.phase() != Phase.GATHERING) {
            Invariants.check(member.accepted().equals(progress.epoch()), "leading an epoch that was not promised");
        }
    }
}
