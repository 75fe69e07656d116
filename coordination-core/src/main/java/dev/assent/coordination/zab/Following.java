package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;

/**
 * A voter under a leader, in broadcast (phase 3 of the paper): logs proposals, acknowledges what is durable,
 * delivers what is committed.
 */
final class Following extends Learning {
    Following(Member member, Transition.ToFollowing transition) {
        super(member, transition);
    }

    @Override
    Role role() {
        return Role.FOLLOWING;
    }

    /** Step f.3.1, first half: append; the acknowledgement follows when the disk says so. */
    @Override
    public void propose(PeerMessage.Propose message) {
        if (isFromLeader()) {
            log(message.epoch(), message.previous(), message.proposals());
            if (!isLeaving()) {
                committed(message.epoch(), message.committed());
            }
        }
    }

    /** Step f.3.1, second half: one cumulative acknowledgement for all that became durable together. */
    @Override
    void logMoved(Epoch inEpoch, Zxid durable) {
        member().send(leader(), new PeerMessage.Ack(inEpoch, durable));
    }

    /** Step f.3.2: deliver in order. */
    @Override
    public void commit(PeerMessage.Commit message) {
        if (isFromLeader()) {
            committed(message.epoch(), message.committed());
        }
    }
}
