package dev.assent.coordination.zab;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A leader: what it does in whatever phase, and the way from one phase to the next. Each phase of the paper has a class:
 * {@link LeaderDiscovery}, {@link LeaderSynchronization}, {@link LeaderBroadcast}.
 *
 * <p>An epoch can be opened again at any time, with all learners kept: because a learner has promised a later one
 * than ours, or because the zxid counter is nearly used up. That is the same discovery and synchronization with the
 * same guards; if clients are served already they are served on, and proposals wait for the new epoch.
 */
final class Leading extends RoleBehaviour {

    /** A leader whose disk stalls while it opens an epoch lets so many others try within initLimit. */
    private static final int OPENINGS_IN_INIT_LIMIT = 4;

    private final long electionRound;
    private final Vote vote;
    private final LeaderProgress progress;
    private final Learners learners;
    private final LeaderDiscovery discovery;
    private final LeaderSynchronization synchronization;
    private final LeaderBroadcast broadcast;
    private long pingAtMillis;

    Leading(Member member, Transition.ToLeading transition) {
        super(member);
        this.electionRound = transition.round();
        this.vote = transition.vote();
        this.progress = new LeaderProgress(member);
        this.learners = progress.learners();
        this.discovery = new LeaderDiscovery(this, progress);
        this.synchronization = new LeaderSynchronization(this, progress);
        this.broadcast = new LeaderBroadcast(this, progress);
    }

    @Override
    Role role() {
        return Role.LEADING;
    }

    boolean isEstablished() {
        return progress.isEstablished();
    }

    Epoch establishedEpoch() {
        return progress.lastProposed().epoch();
    }

    List<LearnerStanding> standings() {
        return learners.all().stream()
                .map(learner -> new LearnerStanding(learner.id, learner.phase.hasAcknowledged()))
                .toList();
    }

    @Override
    void enter() {
        member().announce(Role.LEADING, Optional.of(member().self()), false);
        progress.moved();
        member().sendToAll(ownNotification());
        discovery.gather();
    }

    @Override
    void ticked() {
        ZabConfig.Timing timing = member().config().timing();
        long now = member().nowMillis();
        if (isEstablished() && !learners.isQuorumHeardSince(now - timing.syncLimitMillis())) {
            giveUp("heard no quorum of followers for syncLimit");
            return;
        }
        if (!progress.isBroadcasting() && now - progress.movedAtMillis() > timing.initLimitMillis()) {
            giveUp("no quorum joined epoch " + progress.epoch() + " within initLimit, in phase " + progress.phase());
            return;
        }
        if (isOutrun(timing)) {
            letGo();
            giveUp("its disk has made nothing durable for " + member().diskSilentMillis() + " ms, which others can do");
            return;
        }
        dropSilent(now - timing.syncLimitMillis());
        if (now >= pingAtMillis) {
            pingAtMillis = now + timing.heartbeatMillis();
            for (Learner learner : learners.all()) {
                member().send(learner.id, new PeerMessage.Ping());
            }
        }
    }

    /**
     * Whether the ensemble is better off without this leader: a quorum commits without its disk, or the epoch that is
     * being opened waits for it. What is committed stays committed, so giving up is always safe; where the others
     * could not go on alone, the leader stays and its disk is waited for.
     */
    private boolean isOutrun(ZabConfig.Timing timing) {
        if (progress.isBroadcasting()) {
            return member().isDiskStalled()
                    && member().committed().isAfter(member().history().durable());
        }
        return learners.areQuorumWithoutLeader()
                && member().isDiskStalled()
                && member().diskSilentMillis() > timing.initLimitMillis() / OPENINGS_IN_INIT_LIMIT;
    }

    /** Who looks with a stalled disk says nothing, so the followers are told now. */
    private void letGo() {
        for (Learner learner : learners.all()) {
            member().send(learner.id, new PeerMessage.StartOver());
        }
    }

    private void dropSilent(long sinceMillis) {
        for (Learner learner : List.copyOf(learners.all())) {
            if (learner.heardAtMillis < sinceMillis) {
                startOver(learner);
            }
        }
    }

    /** Lets a learner begin again, from its election on. */
    void startOver(Learner learner) {
        member().send(learner.id, new PeerMessage.StartOver());
        drop(learner.id);
    }

    void drop(ServerId peer) {
        Learner learner = learners.find(peer);
        if (learner != null) {
            learners.remove(peer);
            progress.feed().endSnapshot(learner);
        }
    }

    @Override
    void connected(ServerId peer) {
        member().send(peer, ownNotification());
    }

    @Override
    void disconnected(ServerId peer) {
        drop(peer);
    }

    private PeerMessage.Notification ownNotification() {
        Vote claim = isEstablished()
                ? new Vote(
                        member().self(), member().current(), member().history().last())
                : vote;
        return new PeerMessage.Notification(Role.LEADING, isEstablished(), electionRound, claim);
    }

    /** Until a quorum follows, a better vote still wins, and a leader that a quorum follows wins always. */
    @Override
    public void notification(PeerMessage.Notification message) {
        if (message.role() == Role.LEADING) {
            boolean isLater = message.vote().epoch().isAfter(member().current());
            if (message.established() && (!isEstablished() || isLater)) {
                giveUp(sender() + " leads already");
            }
            return;
        }
        drop(sender());
        if (!isEstablished()
                && member().config().quorum().votes(sender())
                && message.vote().beats(vote)) {
            giveUp(sender() + " knows a better candidate");
        } else {
            member().send(sender(), ownNotification());
        }
    }

    private @Nullable Learner heardLearner() {
        Learner learner = learners.find(sender());
        if (learner != null) {
            learners.heard(learner, member().nowMillis());
        }
        return learner;
    }

    // From phase to phase

    /** Whatever phase it is, another epoch is needed. */
    void openEpoch() {
        discovery.openEpoch();
    }

    /** A quorum has promised the epoch, and nobody among them has a longer history. */
    void beginSynchronization() {
        synchronization.begin();
    }

    /** Someone has promised the epoch later than a quorum did. */
    void synchronize(Learner learner) {
        synchronization.synchronize(learner);
    }

    /** A quorum has history and epoch durable. */
    void beginBroadcast() {
        broadcast.begin();
        if (!isEstablished()) {
            progress.establish();
            member().announce(Role.LEADING, Optional.of(member().self()), true);
            member().sendToAll(ownNotification());
        }
        broadcast.admitAll();
        discovery.inviteAll();
        broadcast.proposeHeld();
    }

    /** Someone has history and epoch durable later than a quorum had. */
    void admit(Learner learner) {
        broadcast.admit(learner);
    }

    @Override
    void written(boolean logMoved) {
        if (!discovery.written()) {
            synchronization.written();
        }
        if (logMoved) {
            broadcast.logMoved();
        }
    }

    @Override
    boolean awaitsDisk() {
        return !progress.isBroadcasting() || broadcast.awaitsDisk();
    }

    // Messages and requests, each for the phase that it belongs to

    @Override
    public void followerInfo(PeerMessage.FollowerInfo message) {
        discovery.followerInfo(sender(), message);
    }

    @Override
    public void ackEpoch(PeerMessage.AckEpoch message) {
        Learner learner = heardLearner();
        if (learner != null) {
            discovery.ackEpoch(learner, message);
        }
    }

    @Override
    void snapshotRead(Input.SnapshotRead piece) {
        Learner learner = learners.find(piece.to());
        if (learner != null) {
            progress.feed().snapshotRead(learner, piece);
        }
    }

    @Override
    public void ackSnapshotPiece(PeerMessage.AckSnapshotPiece message) {
        Learner learner = heardLearner();
        if (learner != null) {
            synchronization.ackSnapshotPiece(learner, message);
        }
    }

    @Override
    public void ackNewLeader(PeerMessage.AckNewLeader message) {
        Learner learner = heardLearner();
        if (learner != null) {
            synchronization.ackNewLeader(learner, message);
        }
    }

    @Override
    void proposed(Payload txn) {
        broadcast.proposed(txn);
    }

    @Override
    public void ack(PeerMessage.Ack message) {
        Learner learner = heardLearner();
        if (learner != null) {
            broadcast.ack(learner, message);
        }
    }

    @Override
    public void pong(PeerMessage.Pong message) {
        heardLearner();
    }

    @Override
    public void app(PeerMessage.App message) {
        Learner learner = heardLearner();
        if (learner != null) {
            broadcast.app(learner, message);
        }
    }

    @Override
    void appSent(ServerId to, Payload message) {
        broadcast.appSent(to, message);
    }

    @Override
    void invariants() {
        discovery.invariants();
        broadcast.invariants();
    }
}
