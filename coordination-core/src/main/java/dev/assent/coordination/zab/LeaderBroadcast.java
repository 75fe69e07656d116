package dev.assent.coordination.zab;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.LeaderProgress.Phase;
import dev.assent.invariants.Invariants;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A leader's broadcast (phase 3 of the paper): transactions get their zxids, go to everybody, and are committed in order
 * once a quorum has them durable. What comes while another epoch is opened is held back until that is established.
 */
final class LeaderBroadcast {
    private final Leading leading;
    private final Member member;
    private final LeaderProgress progress;
    private final Learners learners;
    private final ArrayDeque<Payload> held = new ArrayDeque<>();

    LeaderBroadcast(Leading leading, LeaderProgress progress) {
        this.leading = leading;
        this.member = leading.member();
        this.progress = progress;
        this.learners = progress.learners();
    }

    /** All of the history is committed. */
    void begin() {
        progress.enter(Phase.BROADCASTING);
        progress.proposed(Zxid.startOf(progress.epoch()));
        member.commitTo(member.history().last());
    }

    /** Whoever has synchronized so far is served. */
    void admitAll() {
        for (Learner learner : learners.all()) {
            if (learner.phase == Learner.Phase.ACKNOWLEDGED) {
                sendUpToDate(learner);
            }
        }
    }

    /** A learner has synchronized while others were served. */
    void admit(Learner learner) {
        advanceCommitted();
        sendUpToDate(learner);
    }

    private void sendUpToDate(Learner learner) {
        learner.phase = Learner.Phase.UP_TO_DATE;
        learner.joined = true;
        Zxid known = learner.votes ? member.committed() : member.history().zxidAt(learner.nextIndex - 1);
        member.send(learner.id, new PeerMessage.UpToDate(progress.epoch(), known));
        while (!learner.heldMessages.isEmpty()) {
            member.send(learner.id, new PeerMessage.App(learner.heldMessages.removeFirst()));
        }
    }

    void proposed(Payload txn) {
        if (progress.isBroadcasting()
                && progress.lastProposed().counter() < member.config().limits().counterMax()) {
            propose(txn);
        } else if (progress.isEstablished()) {
            hold(txn);
        }
    }

    /** Step l.3.1: log here and send, neither waiting for the other. */
    private void propose(Payload txn) {
        Zxid next = progress.lastProposed().next();
        progress.proposed(next);
        member.append(next, txn);
        progress.feed().catchUpAll(progress.epoch());
    }

    private void hold(Payload txn) {
        if (held.size() >= member.config().limits().heldProposalsMax()) {
            leading.giveUp("too many proposals wait for a new epoch");
            return;
        }
        held.addLast(txn);
        if (progress.isBroadcasting()) {
            leading.openEpoch();
        }
    }

    void proposeHeld() {
        List<Payload> waiting = new ArrayList<>(held);
        held.clear();
        waiting.forEach(this::proposed);
    }

    void ack(Learner learner, PeerMessage.Ack message) {
        if (!learner.phase.hasAcknowledged()
                || !message.epoch().equals(progress.epoch())
                || !message.durable().isAfter(learner.durable)) {
            return;
        }
        learner.durable = message.durable();
        if (learner.votes) {
            logMoved();
        }
    }

    /** Transactions became durable, here or at a learner. */
    void logMoved() {
        if (progress.isBroadcasting()) {
            advanceCommitted();
        }
    }

    /** Whether more is committed once all that is logged here is durable here. */
    boolean awaitsDisk() {
        return learners.durableAtQuorum(member.history().last())
                > member.committed().value();
    }

    /** Step l.3.2: commit, in order, what a quorum has durable; the leader is one of the voters and no more. */
    private void advanceCommitted() {
        long agreed = learners.durableAtQuorum(member.history().durable());
        if (agreed <= member.committed().value()) {
            return;
        }
        Zxid committed = new Zxid(agreed);
        member.commitTo(committed);
        PeerMessage.Commit commit = new PeerMessage.Commit(progress.epoch(), committed);
        List<Learner> all = learners.all();
        for (int i = 0; i < all.size(); i++) {
            Learner learner = all.get(i);
            if (!learner.votes && learner.phase.isFed()) {
                progress.feed().catchUp(learner, progress.epoch());
            } else if (learner.votes && learner.phase == Learner.Phase.UP_TO_DATE) {
                member.send(learner.id, commit);
            }
        }
    }

    void app(Learner learner, PeerMessage.App message) {
        if (learner.joined) {
            member.deliver(new Delivery.AppReceived(learner.id, message.message()));
        }
    }

    void appSent(ServerId to, Payload message) {
        Learner learner = learners.find(to);
        if (learner == null || !learner.joined) {
            return;
        }
        if (learner.phase == Learner.Phase.UP_TO_DATE) {
            member.send(to, new PeerMessage.App(message));
        } else if (learner.heldMessages.size() < member.config().limits().heldProposalsMax()) {
            learner.heldMessages.addLast(message);
        } else {
            leading.startOver(learner);
        }
    }

    void invariants() {
        if (progress.isBroadcasting()) {
            Invariants.check(progress.isEstablished(), "broadcasting without having been established");
            Invariants.check(
                    member.current().equals(progress.epoch()), "broadcasting in another epoch than the current one");
            Invariants.check(
                    !member.history().last().isAfter(progress.lastProposed()), "logged more than was proposed");
        }
    }
}
