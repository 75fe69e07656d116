package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.LearnerProgress.Phase;
import dev.assent.invariants.Invariants;
import java.util.List;
import java.util.Optional;

/**
 * A learner's broadcast (phase 3 of the paper), as far as voters and observers have it in common: logs what the leader
 * sends, from the first transaction of its history on, and delivers what is committed once it is served.
 */
final class LearnerBroadcast {
    private final Learning learning;
    private final Member member;
    private final LearnerProgress progress;

    LearnerBroadcast(Learning learning, LearnerProgress progress) {
        this.learning = learning;
        this.member = learning.member();
        this.progress = progress;
    }

    /**
     * Logs what the leader sent, if it has its place directly after what is logged. What is there already is skipped:
     * a zxid names one transaction for ever.
     */
    void log(Epoch inEpoch, Zxid previous, List<Proposal> proposals) {
        if (!progress.phase().isLogging() || !inEpoch.equals(progress.epoch())) {
            return;
        }
        progress.moved();
        Zxid before = previous;
        for (int i = 0; i < proposals.size(); i++) {
            Proposal proposal = proposals.get(i);
            if (proposal.zxid().isAfter(member.history().last())) {
                if (!before.equals(member.history().last())) {
                    learning.giveUp(
                            "between " + member.history().last() + " and " + proposal.zxid() + " something is missing");
                    return;
                }
                member.append(proposal.zxid(), proposal.txn());
            }
            before = proposal.zxid();
        }
    }

    /** Step f.2.3: deliver the history and serve. */
    void upToDate(PeerMessage.UpToDate message) {
        if (!progress.is(Phase.ACKNOWLEDGED) || !message.epoch().equals(progress.epoch())) {
            return;
        }
        progress.enter(Phase.UP_TO_DATE);
        committed(message.epoch(), message.committed());
        if (!progress.isServing() && !learning.isLeaving()) {
            progress.serve();
            member.announce(learning.role(), Optional.of(learning.leader()), true);
        }
    }

    /** Delivers up to {@code zxid}, if the leader's word counts already. */
    void committed(Epoch inEpoch, Zxid zxid) {
        if (!progress.is(Phase.UP_TO_DATE) || !inEpoch.equals(progress.epoch())) {
            return;
        }
        if (zxid.isAfter(member.history().last())) {
            learning.giveUp(zxid + " is committed but the log ends at "
                    + member.history().last());
            return;
        }
        member.commitTo(zxid);
    }

    void app(PeerMessage.App message) {
        if (progress.isServing()) {
            member.deliver(new Delivery.AppReceived(learning.leader(), message.message()));
        }
    }

    void appSent(ServerId to, Payload message) {
        if (progress.isServing() && to.equals(learning.leader())) {
            member.send(to, new PeerMessage.App(message));
        }
    }

    void invariants() {
        Invariants.check(!progress.is(Phase.UP_TO_DATE) || progress.isServing(), "up to date but not serving");
    }
}
