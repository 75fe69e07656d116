package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Invariants;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Discovery and synchronization as a learner sees them (phases 1 and 2 of the paper), alike for those that vote and
 * those that do not. Phases go down the list; a new epoch of the same leader goes back to PROMISING, and if clients
 * were served already they are served on meanwhile.
 */
abstract sealed class Learning extends RoleBehaviour permits Following, Observing {

    /** How far the learner is with its leader. */
    enum Phase {
        /** Waits for the elected to say that it leads. */
        AWAITING_LEADER,
        INFORMED,
        /** The promise of an epoch is being made durable. */
        PROMISING,
        PROMISED,
        RECEIVING_SNAPSHOT,
        SYNCHRONIZING,
        /** The leader's history is all here and is being made durable. */
        SAVING_HISTORY,
        /** Only now may the current epoch be made durable. */
        SAVING_EPOCH,
        ACKNOWLEDGED,
        UP_TO_DATE;

        /** Whether transactions of the leader have a place in the log here. */
        boolean isLogging() {
            return compareTo(SYNCHRONIZING) >= 0;
        }
    }

    private final ServerId leader;
    private final long electionRound;
    private final boolean leads;
    private final ArrayDeque<Long> pieceTokens = new ArrayDeque<>();
    private Phase phase = Phase.AWAITING_LEADER;
    private long session;
    private Epoch epoch = Epoch.NONE;
    private boolean promiseCounts;
    private boolean serving;
    private long heardAtMillis;
    private long progressAtMillis;
    private Zxid snapshotAt = Zxid.ZERO;
    private long piecesReceived;
    private long piecesDurable;
    private boolean lastPieceReceived;

    Learning(Member member, Transition.ToFollowing transition) {
        super(member);
        this.leader = transition.leader();
        this.electionRound = transition.round();
        this.leads = transition.leads();
    }

    /** Transactions became durable after the history was acknowledged. */
    abstract void logMoved(Epoch inEpoch, Zxid durable);

    final ServerId leader() {
        return leader;
    }

    final Phase phase() {
        return phase;
    }

    @Override
    final void enter() {
        member().announce(role(), Optional.of(leader), false);
        heardAtMillis = member().nowMillis();
        progressAtMillis = heardAtMillis;
        if (!member().isLinked(leader)) {
            giveUp("no link to leader " + leader);
        } else if (leads) {
            inform();
        }
    }

    private void inform() {
        session = member().newSession();
        enterPhase(Phase.INFORMED);
        member().send(leader, new PeerMessage.FollowerInfo(session, member().accepted()));
    }

    @Override
    final void ticked() {
        ZabConfig.Timing timing = member().config().timing();
        if (member().nowMillis() - heardAtMillis > timing.syncLimitMillis()) {
            giveUp("heard nothing from leader " + leader + " for syncLimit");
        } else if (member().nowMillis() - progressAtMillis > patienceMillis(timing)) {
            giveUp("no progress towards leader " + leader + " in phase " + phase);
        }
    }

    /** The elected needs no longer than its own wait for better votes to say that it leads. */
    private long patienceMillis(ZabConfig.Timing timing) {
        return switch (phase) {
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

    /** Returns whether the message comes from the leader; nobody else has a say. */
    private boolean isFromLeader() {
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
            if (phase == Phase.AWAITING_LEADER) {
                inform();
            }
        } else if (phase != Phase.AWAITING_LEADER
                || message.round() > electionRound
                || !message.vote().candidate().equals(leader)) {
            giveUp(leader + " does not lead any more");
        }
    }

    /** Discovery, steps f.1.1 and f.1.2: promise durably, then acknowledge. */
    @Override
    public final void newEpoch(PeerMessage.NewEpoch message) {
        if (!isFromLeader() || message.session() != session || phase == Phase.AWAITING_LEADER) {
            return;
        }
        if (member().accepted().isAfter(message.epoch())) {
            giveUp(message.epoch() + " of leader " + leader + " is before the promised " + member().accepted());
            return;
        }
        promiseCounts = message.epoch().isAfter(member().accepted());
        if (promiseCounts) {
            member().saveEpochs(message.epoch(), member().current());
        }
        epoch = message.epoch();
        enterPhase(Phase.PROMISING);
        proceed();
    }

    @Override
    public final void diff(PeerMessage.Diff message) {
        if (!isFromLeader() || phase != Phase.PROMISED) {
            return;
        }
        if (message.from().equals(member().history().last())) {
            enterPhase(Phase.SYNCHRONIZING);
        } else {
            giveUp("a DIFF from " + message.from() + " does not continue the log");
        }
    }

    @Override
    public final void trunc(PeerMessage.Trunc message) {
        if (isFromLeader() && phase == Phase.PROMISED) {
            member().truncateAfter(message.lastKept());
            enterPhase(Phase.SYNCHRONIZING);
        }
    }

    @Override
    public final void snap(PeerMessage.Snap message) {
        if (isFromLeader() && phase == Phase.PROMISED) {
            snapshotAt = message.at();
            piecesReceived = 0;
            piecesDurable = 0;
            lastPieceReceived = false;
            pieceTokens.clear();
            enterPhase(Phase.RECEIVING_SNAPSHOT);
        }
    }

    @Override
    public final void snapshotPiece(PeerMessage.SnapshotPiece message) {
        if (!isFromLeader() || phase != Phase.RECEIVING_SNAPSHOT || lastPieceReceived) {
            return;
        }
        if (message.index() != piecesReceived || !message.at().equals(snapshotAt)) {
            giveUp("piece " + message.index() + " of a snapshot came where " + piecesReceived + " was due");
            return;
        }
        piecesReceived++;
        lastPieceReceived = message.last();
        progressAtMillis = member().nowMillis();
        pieceTokens.addLast(member().writeSnapshotPiece(message));
    }

    /**
     * Logs what the leader sent, if it has its place directly after what is logged. What is there already is skipped:
     * a zxid names one transaction for ever.
     */
    final void log(Epoch inEpoch, Zxid previous, List<Proposal> proposals) {
        if (!phase.isLogging() || !inEpoch.equals(epoch)) {
            return;
        }
        progressAtMillis = member().nowMillis();
        Zxid before = previous;
        for (int i = 0; i < proposals.size(); i++) {
            Proposal proposal = proposals.get(i);
            if (proposal.zxid().isAfter(member().history().last())) {
                if (!before.equals(member().history().last())) {
                    giveUp("between " + member().history().last() + " and " + proposal.zxid()
                            + " something is missing");
                    return;
                }
                member().append(proposal.zxid(), proposal.txn());
            }
            before = proposal.zxid();
        }
    }

    /** Synchronization, steps f.2.1 to f.2.2: history durable, then the epoch durable, then the acknowledgement. */
    @Override
    public final void newLeader(PeerMessage.NewLeader message) {
        if (!isFromLeader() || phase != Phase.SYNCHRONIZING || !message.epoch().equals(epoch)) {
            return;
        }
        if (!message.last().equals(member().history().last())) {
            giveUp("the log ends at " + member().history().last() + ", the leader's history at " + message.last());
            return;
        }
        enterPhase(Phase.SAVING_HISTORY);
        proceed();
    }

    @Override
    final void written(boolean logMoved) {
        proceed();
        if (logMoved && phase.compareTo(Phase.ACKNOWLEDGED) >= 0) {
            logMoved(epoch, member().history().durable());
        }
    }

    /** Takes the steps that waited for durability. */
    private void proceed() {
        if (phase == Phase.PROMISING && member().areEpochsDurable() && !member().isInstalling()) {
            enterPhase(Phase.PROMISED);
            Zxid last = member().history().last();
            member().send(leader, new PeerMessage.AckEpoch(epoch, promiseCounts, member().current(), last));
        }
        if (phase == Phase.RECEIVING_SNAPSHOT) {
            acknowledgePieces();
        }
        if (phase == Phase.SAVING_HISTORY && member().isHistoryDurable()) {
            Invariants.check(member().accepted().equals(epoch), "another epoch was promised during synchronization");
            member().saveEpochs(epoch, epoch);
            enterPhase(Phase.SAVING_EPOCH);
        }
        if (phase == Phase.SAVING_EPOCH && member().areEpochsDurable()) {
            enterPhase(Phase.ACKNOWLEDGED);
            member().send(
                            leader,
                            new PeerMessage.AckNewLeader(
                                    epoch, member().history().durable()));
        }
    }

    private void acknowledgePieces() {
        boolean moved = false;
        while (!pieceTokens.isEmpty() && member().isDurable(pieceTokens.getFirst())) {
            pieceTokens.removeFirst();
            piecesDurable++;
            moved = true;
        }
        if (moved) {
            progressAtMillis = member().nowMillis();
            member().send(leader, new PeerMessage.AckSnapshotPiece(snapshotAt, piecesDurable - 1));
        }
        if (lastPieceReceived && pieceTokens.isEmpty()) {
            enterPhase(Phase.SYNCHRONIZING);
        }
    }

    /** Synchronization, step f.2.3: deliver the history and serve. */
    @Override
    public final void upToDate(PeerMessage.UpToDate message) {
        if (!isFromLeader() || phase != Phase.ACKNOWLEDGED || !message.epoch().equals(epoch)) {
            return;
        }
        enterPhase(Phase.UP_TO_DATE);
        committed(message.epoch(), message.committed());
        if (!serving && !isLeaving()) {
            serving = true;
            member().announce(role(), Optional.of(leader), true);
        }
    }

    /** Delivers up to {@code zxid}, if the leader's word counts already. */
    final void committed(Epoch inEpoch, Zxid zxid) {
        if (phase != Phase.UP_TO_DATE || !inEpoch.equals(epoch)) {
            return;
        }
        if (zxid.isAfter(member().history().last())) {
            giveUp(zxid + " is committed but the log ends at "
                    + member().history().last());
            return;
        }
        member().commitTo(zxid);
    }

    /** What is about transactions is for the roles; here it only tells that the leader is alive. */
    final boolean heardLeader() {
        return isFromLeader();
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
    public final void app(PeerMessage.App message) {
        if (isFromLeader() && serving) {
            member().deliver(new Delivery.AppReceived(leader, message.message()));
        }
    }

    @Override
    final void appSent(ServerId to, Payload message) {
        if (serving && to.equals(leader)) {
            member().send(leader, new PeerMessage.App(message));
        }
    }

    private void enterPhase(Phase next) {
        phase = next;
        progressAtMillis = member().nowMillis();
    }

    @Override
    final void invariants() {
        if (phase.compareTo(Phase.SAVING_EPOCH) >= 0) {
            Invariants.check(member().current().equals(epoch), "the current epoch is not the leader's");
        }
        Invariants.check(phase != Phase.UP_TO_DATE || serving, "up to date but not serving");
    }
}
