package dev.assent.coordination.zab;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Invariants;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Leads through discovery, synchronization and broadcast (phases 1 to 3 of the paper).
 *
 * <p>An epoch can be opened again at any time, with all learners kept: because a learner has promised a later one
 * than ours, or because the zxid counter is nearly used up. That is the same discovery and synchronization with the
 * same guards; if clients are served already they are served on, and proposals wait for the new epoch.
 */
final class Leading extends RoleBehaviour {

    /** A leader whose disk stalls while it opens an epoch lets so many others try within initLimit. */
    private static final int OPENINGS_IN_INIT_LIMIT = 4;

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

    /** How far the leader itself is with SYNCHRONIZING. */
    private enum Own {
        SAVING_HISTORY,
        SAVING_EPOCH,
        ACKNOWLEDGED
    }

    private final long electionRound;
    private final Vote vote;
    private final Learners learners;
    private final Feed feed;
    private final ArrayDeque<Payload> held = new ArrayDeque<>();
    private Phase phase = Phase.GATHERING;
    private Own own = Own.SAVING_HISTORY;
    private Epoch epoch = Epoch.NONE;
    private Zxid lastProposed = Zxid.ZERO;
    private boolean established;
    private long progressAtMillis;
    private long pingAtMillis;

    Leading(Member member, Transition.ToLeading transition) {
        super(member);
        this.electionRound = transition.round();
        this.vote = transition.vote();
        this.learners = new Learners(member.self(), member.config().quorum());
        this.feed = new Feed(member, learners);
    }

    @Override
    Role role() {
        return Role.LEADING;
    }

    boolean isEstablished() {
        return established;
    }

    Epoch establishedEpoch() {
        return lastProposed.epoch();
    }

    @Override
    void enter() {
        member().announce(Role.LEADING, Optional.of(member().self()), false);
        progressAtMillis = member().nowMillis();
        member().sendToAll(ownNotification());
        gather();
    }

    @Override
    void ticked() {
        ZabConfig.Timing timing = member().config().timing();
        long now = member().nowMillis();
        if (established && !learners.isQuorumHeardSince(now - timing.syncLimitMillis())) {
            giveUp("heard no quorum of followers for syncLimit");
            return;
        }
        if (phase != Phase.BROADCASTING && now - progressAtMillis > timing.initLimitMillis()) {
            giveUp("no quorum joined epoch " + epoch + " within initLimit, in phase " + phase);
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
        if (phase == Phase.BROADCASTING) {
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

    private void startOver(Learner learner) {
        member().send(learner.id, new PeerMessage.StartOver());
        drop(learner.id);
    }

    private void drop(ServerId peer) {
        Learner learner = learners.find(peer);
        if (learner != null) {
            learners.remove(peer);
            feed.endSnapshot(learner);
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
        Vote claim = established
                ? new Vote(
                        member().self(), member().current(), member().history().last())
                : vote;
        return new PeerMessage.Notification(Role.LEADING, established, electionRound, claim);
    }

    /** Until a quorum follows, a better vote still wins, and a leader that a quorum follows wins always. */
    @Override
    public void notification(PeerMessage.Notification message) {
        if (message.role() == Role.LEADING) {
            boolean isLater = message.vote().epoch().isAfter(member().current());
            if (message.established() && (!established || isLater)) {
                giveUp(sender() + " leads already");
            }
            return;
        }
        drop(sender());
        if (!established
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

    // Discovery

    /** Step l.1.1: an epoch after every one that a quorum has promised. */
    @Override
    public void followerInfo(PeerMessage.FollowerInfo message) {
        drop(sender());
        boolean votes = member().config().quorum().votes(sender());
        Learner learner = new Learner(sender(), votes, message, member().nowMillis());
        learners.add(learner);
        learners.heard(learner, member().nowMillis());
        switch (phase) {
            case GATHERING -> gather();
            case PROMISING, PROMISED -> {
                if (votes && !epoch.isAfter(message.accepted())) {
                    openEpoch();
                } else {
                    invite(learner);
                }
            }
            case SYNCHRONIZING, BROADCASTING -> invite(learner);
        }
    }

    private void gather() {
        if (learners.areQuorumWithLeader(learner -> true)) {
            openEpoch();
        }
    }

    private void openEpoch() {
        Epoch highest = member().accepted();
        for (Learner learner : learners.all()) {
            highest = learner.accepted.isAfter(highest) ? learner.accepted : highest;
            feed.endSnapshot(learner);
            learner.restart();
        }
        epoch = highest.next();
        own = Own.SAVING_HISTORY;
        enterPhase(Phase.PROMISING);
        member().saveEpochs(epoch, member().current());
    }

    /** Step l.1.1, second half; the leader's own promise is durable by now. Observers wait for a served epoch. */
    private void invite(Learner learner) {
        boolean isTime = learner.votes ? phase.compareTo(Phase.PROMISED) >= 0 : phase == Phase.BROADCASTING;
        if (!isTime || learner.phase != Learner.Phase.INFORMED) {
            return;
        }
        if (learner.accepted.isAfter(epoch)) {
            openEpoch();
            return;
        }
        learner.phase = Learner.Phase.PROMISING;
        member().send(learner.id, new PeerMessage.NewEpoch(learner.session, epoch));
    }

    private void inviteAll() {
        for (Learner learner : learners.all()) {
            invite(learner);
        }
    }

    /** Step l.1.2: with a quorum of promises, and no history among them that is longer than ours, ours is it. */
    @Override
    public void ackEpoch(PeerMessage.AckEpoch message) {
        Learner learner = heardLearner();
        if (learner == null
                || learner.phase != Learner.Phase.PROMISING
                || !message.epoch().equals(epoch)) {
            return;
        }
        learner.phase = Learner.Phase.PROMISED;
        learner.accepted = epoch;
        learner.promiseCounts = message.counts();
        learner.last = message.last();
        if (phase != Phase.PROMISED) {
            synchronize(learner);
        } else if (new Vote(learner.id, message.current(), message.last()).beats(ownHistory(learner.id))) {
            giveUp("follower " + learner.id + " has a longer history");
        } else {
            countPromises();
        }
    }

    /** What the histories are compared by, with the id made equal. */
    private Vote ownHistory(ServerId id) {
        return new Vote(id, member().current(), member().history().last());
    }

    private void countPromises() {
        if (!learners.areQuorumWithLeader(
                learner -> learner.phase == Learner.Phase.PROMISED && learner.promiseCounts)) {
            return;
        }
        enterPhase(Phase.SYNCHRONIZING);
        for (Learner learner : learners.all()) {
            if (learner.phase == Learner.Phase.PROMISED) {
                synchronize(learner);
            }
        }
        proceed();
    }

    // Synchronization

    /** Step l.2.1. */
    private void synchronize(Learner learner) {
        enterPhase(phase);
        if (feed.begin(learner)) {
            sendHistory(learner);
        }
    }

    private void sendHistory(Learner learner) {
        if (!feed.canContinue(learner)) {
            startOver(learner);
            return;
        }
        feed.catchUp(learner, epoch);
        learner.phase = Learner.Phase.SYNCHRONIZING;
        Zxid sent = member().history().zxidAt(learner.nextIndex - 1);
        member().send(learner.id, new PeerMessage.NewLeader(epoch, sent));
    }

    @Override
    void snapshotRead(Input.SnapshotRead piece) {
        Learner learner = learners.find(piece.to());
        if (learner != null) {
            feed.snapshotRead(learner, piece);
        }
    }

    @Override
    public void ackSnapshotPiece(PeerMessage.AckSnapshotPiece message) {
        Learner learner = heardLearner();
        if (learner != null && learner.phase == Learner.Phase.RECEIVING_SNAPSHOT) {
            enterPhase(phase);
            if (feed.ackSnapshotPiece(learner, message)) {
                sendHistory(learner);
            }
        }
    }

    @Override
    public void ackNewLeader(PeerMessage.AckNewLeader message) {
        Learner learner = heardLearner();
        if (learner == null
                || learner.phase != Learner.Phase.SYNCHRONIZING
                || !message.epoch().equals(epoch)) {
            return;
        }
        learner.phase = Learner.Phase.ACKNOWLEDGED;
        learner.durable = message.durable();
        if (phase == Phase.BROADCASTING) {
            advanceCommitted();
            sendUpToDate(learner);
        } else {
            establish();
        }
    }

    @Override
    void written(boolean logMoved) {
        if (phase == Phase.PROMISING && member().areEpochsDurable()) {
            enterPhase(Phase.PROMISED);
            inviteAll();
            countPromises();
        } else {
            proceed();
        }
        if (logMoved && phase == Phase.BROADCASTING) {
            advanceCommitted();
        }
    }

    /** The leader's own share of synchronization: its history durable, then its epoch, as for everybody. */
    private void proceed() {
        if (phase != Phase.SYNCHRONIZING) {
            return;
        }
        if (own == Own.SAVING_HISTORY && member().isHistoryDurable()) {
            own = Own.SAVING_EPOCH;
            member().saveEpochs(epoch, epoch);
        }
        if (own == Own.SAVING_EPOCH && member().areEpochsDurable()) {
            own = Own.ACKNOWLEDGED;
            establish();
        }
    }

    /** Step l.2.2: a quorum has the history durable, so all of it is committed; only now is anybody served. */
    private void establish() {
        if (phase != Phase.SYNCHRONIZING
                || own != Own.ACKNOWLEDGED
                || !learners.areQuorumWithLeader(learner -> learner.phase.hasAcknowledged())) {
            return;
        }
        enterPhase(Phase.BROADCASTING);
        lastProposed = Zxid.startOf(epoch);
        member().commitTo(member().history().last());
        if (!established) {
            established = true;
            member().announce(Role.LEADING, Optional.of(member().self()), true);
            member().sendToAll(ownNotification());
        }
        for (Learner learner : learners.all()) {
            if (learner.phase == Learner.Phase.ACKNOWLEDGED) {
                sendUpToDate(learner);
            }
        }
        inviteAll();
        proposeHeld();
    }

    private void sendUpToDate(Learner learner) {
        learner.phase = Learner.Phase.UP_TO_DATE;
        learner.joined = true;
        Zxid known = learner.votes ? member().committed() : member().history().zxidAt(learner.nextIndex - 1);
        member().send(learner.id, new PeerMessage.UpToDate(epoch, known));
        while (!learner.heldMessages.isEmpty()) {
            member().send(learner.id, new PeerMessage.App(learner.heldMessages.removeFirst()));
        }
    }

    // Broadcast

    @Override
    void proposed(Payload txn) {
        if (phase == Phase.BROADCASTING
                && lastProposed.counter() < member().config().limits().counterMax()) {
            propose(txn);
        } else if (established) {
            hold(txn);
        }
    }

    /** Step l.3.1: log here and send, neither waiting for the other. */
    private void propose(Payload txn) {
        lastProposed = lastProposed.next();
        member().append(lastProposed, txn);
        feed.catchUpAll(epoch);
    }

    private void hold(Payload txn) {
        if (held.size() >= member().config().limits().heldProposalsMax()) {
            giveUp("too many proposals wait for a new epoch");
            return;
        }
        held.addLast(txn);
        if (phase == Phase.BROADCASTING) {
            openEpoch();
        }
    }

    private void proposeHeld() {
        List<Payload> waiting = new ArrayList<>(held);
        held.clear();
        waiting.forEach(this::proposed);
    }

    @Override
    public void ack(PeerMessage.Ack message) {
        Learner learner = heardLearner();
        if (learner == null
                || !learner.phase.hasAcknowledged()
                || !message.epoch().equals(epoch)
                || !message.durable().isAfter(learner.durable)) {
            return;
        }
        learner.durable = message.durable();
        if (phase == Phase.BROADCASTING && learner.votes) {
            advanceCommitted();
        }
    }

    /** Step l.3.2: commit, in order, what a quorum has durable; the leader is one of the voters and no more. */
    private void advanceCommitted() {
        long agreed = learners.durableAtQuorum(member().history().durable());
        if (agreed <= member().committed().value()) {
            return;
        }
        Zxid committed = new Zxid(agreed);
        member().commitTo(committed);
        PeerMessage.Commit commit = new PeerMessage.Commit(epoch, committed);
        List<Learner> all = learners.all();
        for (int i = 0; i < all.size(); i++) {
            Learner learner = all.get(i);
            if (!learner.votes && learner.phase.isFed()) {
                feed.catchUp(learner, epoch);
            } else if (learner.votes && learner.phase == Learner.Phase.UP_TO_DATE) {
                member().send(learner.id, commit);
            }
        }
    }

    @Override
    public void pong(PeerMessage.Pong message) {
        heardLearner();
    }

    @Override
    public void app(PeerMessage.App message) {
        Learner learner = heardLearner();
        if (learner != null && learner.joined) {
            member().deliver(new Delivery.AppReceived(learner.id, message.message()));
        }
    }

    @Override
    void appSent(ServerId to, Payload message) {
        Learner learner = learners.find(to);
        if (learner == null || !learner.joined) {
            return;
        }
        if (learner.phase == Learner.Phase.UP_TO_DATE) {
            member().send(to, new PeerMessage.App(message));
        } else if (learner.heldMessages.size() < member().config().limits().heldProposalsMax()) {
            learner.heldMessages.addLast(message);
        } else {
            startOver(learner);
        }
    }

    private void enterPhase(Phase next) {
        phase = next;
        progressAtMillis = member().nowMillis();
    }

    @Override
    void invariants() {
        if (phase == Phase.BROADCASTING) {
            Invariants.check(established, "broadcasting without having been established");
            Invariants.check(member().current().equals(epoch), "broadcasting in another epoch than the current one");
            Invariants.check(!member().history().last().isAfter(lastProposed), "logged more than was proposed");
        }
        if (phase != Phase.GATHERING) {
            Invariants.check(member().accepted().equals(epoch), "leading an epoch that was not promised");
        }
    }
}
