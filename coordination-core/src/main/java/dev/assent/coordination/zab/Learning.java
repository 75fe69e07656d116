package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.LearnerProgress.Phase;
import java.util.List;
import java.util.Optional;

/**
 * Under a leader, alike for those that vote and those that do not: what a learner does in whatever phase. Each phase of
 * the paper has a class: {@link LearnerDiscovery}, {@link LearnerSynchronization}, {@link LearnerBroadcast}.
 *
 * <p>A new epoch of the same leader goes through the phases again, and if clients were served already they are served on
 * meanwhile.
 */
abstract sealed class Learning extends RoleBehaviour permits Following, Observing {
    private final ServerId leader;
    private final long electionRound;
    private final boolean leads;
    private final LearnerProgress progress;
    private final LearnerDiscovery discovery;
    private final LearnerSynchronization synchronization;
    private final LearnerBroadcast broadcast;
    private long heardAtMillis;

    Learning(Member member, Transition.ToFollowing transition) {
        super(member);
        this.leader = transition.leader();
        this.electionRound = transition.round();
        this.leads = transition.leads();
        this.progress = new LearnerProgress(member);
        this.discovery = new LearnerDiscovery(this, progress);
        this.synchronization = new LearnerSynchronization(this, progress);
        this.broadcast = new LearnerBroadcast(this, progress);
    }

    /** Transactions became durable after the history was acknowledged. */
    abstract void logMoved(Epoch inEpoch, Zxid durable);

    final ServerId leader() {
        return leader;
    }

    @Override
    final void enter() {
        member().announce(role(), Optional.of(leader), false);
        heardAtMillis = member().nowMillis();
        progress.moved();
        if (!member().isLinked(leader)) {
            giveUp("no link to leader " + leader);
        } else if (leads) {
            discovery.inform();
        }
    }

    @Override
    final void ticked() {
        ZabConfig.Timing timing = member().config().timing();
        if (member().nowMillis() - heardAtMillis > timing.syncLimitMillis()) {
            giveUp("heard nothing from leader " + leader + " for syncLimit");
        } else if (member().nowMillis() - progress.movedAtMillis() > patienceMillis(timing)) {
            giveUp("no progress towards leader " + leader + " in phase " + progress.phase());
        }
    }

    /** The elected needs no longer than its own wait for better votes to say that it leads. */
    private long patienceMillis(ZabConfig.Timing timing) {
        return switch (progress.phase()) {
            case AWAITING_LEADER ->
                Math.min(
                        timing.initLimitMillis(), 4 * (timing.electionFinalizeWaitMillis() + timing.heartbeatMillis()));
            case UP_TO_DATE -> Long.MAX_VALUE;
            case INFORMED,
                    PROMISING,
                    PROMISED,
                    RECEIVING_SNAPSHOT,
                    SYNCHRONIZING,
                    SAVING_HISTORY,
                    SAVING_EPOCH,
                    ACKNOWLEDGED -> timing.initLimitMillis();
        };
    }

    @Override
    final void connected(ServerId peer) {
        // Only the link to the leader matters, and it is up.
    }

    @Override
    final void disconnected(ServerId peer) {
        if (peer.equals(leader)) {
            giveUp("lost the link to leader " + leader);
        }
    }

    /** Returns whether the message comes from the leader, which lives, then; nobody else has a say. */
    final boolean isFromLeader() {
        if (!sender().equals(leader)) {
            return false;
        }
        heardAtMillis = member().nowMillis();
        return true;
    }

    @Override
    public final void notification(PeerMessage.Notification message) {
        if (!isFromLeader()) {
            return;
        }
        if (message.role() == Role.LEADING) {
            if (progress.is(Phase.AWAITING_LEADER)) {
                discovery.inform();
            }
        } else if (!progress.is(Phase.AWAITING_LEADER)
                || message.round() > electionRound
                || !message.vote().candidate().equals(leader)) {
            giveUp(leader + " does not lead any more");
        }
    }

    @Override
    public final void ping(PeerMessage.Ping message) {
        if (isFromLeader()) {
            member().send(leader, new PeerMessage.Pong());
        }
    }

    @Override
    public final void startOver(PeerMessage.StartOver message) {
        if (isFromLeader()) {
            giveUp("leader " + leader + " asks to start over");
        }
    }

    @Override
    final void written(boolean logMoved) {
        discovery.written();
        synchronization.written();
        if (logMoved && progress.phase().compareTo(Phase.ACKNOWLEDGED) >= 0) {
            logMoved(progress.epoch(), member().history().durable());
        }
    }

    // The leader's messages, each for the phase that it belongs to

    @Override
    public final void newEpoch(PeerMessage.NewEpoch message) {
        if (isFromLeader()) {
            discovery.newEpoch(message);
        }
    }

    @Override
    public final void diff(PeerMessage.Diff message) {
        if (isFromLeader()) {
            synchronization.diff(message);
        }
    }

    @Override
    public final void trunc(PeerMessage.Trunc message) {
        if (isFromLeader()) {
            synchronization.trunc(message);
        }
    }

    @Override
    public final void snap(PeerMessage.Snap message) {
        if (isFromLeader()) {
            synchronization.snap(message);
        }
    }

    @Override
    public final void snapshotPiece(PeerMessage.SnapshotPiece message) {
        if (isFromLeader()) {
            synchronization.snapshotPiece(message);
        }
    }

    @Override
    public final void newLeader(PeerMessage.NewLeader message) {
        if (isFromLeader()) {
            synchronization.newLeader(message);
        }
    }

    @Override
    public final void upToDate(PeerMessage.UpToDate message) {
        if (isFromLeader()) {
            broadcast.upToDate(message);
        }
    }

    /** See {@link LearnerBroadcast#log}. */
    final void log(Epoch inEpoch, Zxid previous, List<Proposal> proposals) {
        broadcast.log(inEpoch, previous, proposals);
    }

    /** See {@link LearnerBroadcast#committed}. */
    final void committed(Epoch inEpoch, Zxid zxid) {
        broadcast.committed(inEpoch, zxid);
    }

    @Override
    public final void app(PeerMessage.App message) {
        if (isFromLeader()) {
            broadcast.app(message);
        }
    }

    @Override
    final void appSent(ServerId to, Payload message) {
        broadcast.appSent(to, message);
    }

    @Override
    final void invariants() {
        synchronization.invariants();
        broadcast.invariants();
    }
}
