package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;

/** A learner without a vote: hears of transactions once they are committed, and never acknowledges one. */
final class Observing extends Learning {
    Observing(Member member, Transition.ToFollowing transition) {
        super(member, transition);
    }

    @Override
    Role role() {
        return Role.OBSERVING;
    }

    @Override
    public void inform(PeerMessage.Inform message) {
        if (isFromLeader()) {
            log(message.epoch(), message.previous(), message.proposals());
            if (!isLeaving()) {
                int newest = message.proposals().size() - 1;
                committed(message.epoch(), message.proposals().get(newest).zxid());
            }
        }
    }

    @Override
    void logMoved(Epoch inEpoch, Zxid durable) {
        // Nobody waits for an observer's disk.
    }
}
