package dev.assent.coordination.zab;

import dev.assent.coordination.election.Election;
import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Looks for a leader (phase 0 of the paper). A voter exchanges votes; an observer only waits for a leader's word.
 *
 * <p>Whoever says that it leads is followed at once if a quorum already follows it, or if its claim is as good as the
 * best known here. In the remaining case the vote told here is the better one, and that leader steps back on hearing
 * it; so the two rules leave nobody waiting for the other.
 */
final class Looking extends RoleBehaviour {
    private static final long NEVER = Long.MAX_VALUE;

    private final Election election;
    private final TreeSet<ServerId> leading = new TreeSet<>();
    private boolean open;
    private long repeatAtMillis;
    private long decideAtMillis = NEVER;
    private Vote agreedOn;

    Looking(Member member, Election election) {
        super(member);
        this.election = election;
        this.agreedOn = election.vote();
    }

    @Override
    Role role() {
        return Role.LOOKING;
    }

    @Override
    void enter() {
        member().announce(Role.LOOKING, Optional.empty(), false);
        openRound();
    }

    /**
     * A history that is about to be replaced by a snapshot cannot be voted with; and who was elected, or followed,
     * without a disk that answers could promise nothing, and would keep the others waiting.
     */
    private void openRound() {
        if (member().isInstalling() || member().isDiskStalled()) {
            return;
        }
        open = true;
        election.open(member().current(), member().history().last());
        tellAll();
        decide();
    }

    @Override
    void ticked() {
        if (member().isDiskStalled()) {
            withdraw();
        }
        if (!open) {
            return;
        }
        if (member().nowMillis() >= repeatAtMillis) {
            tellAll();
        }
        if (member().nowMillis() >= decideAtMillis) {
            elect();
        }
    }

    /** Takes no part until something is durable again, which opens a new round. */
    private void withdraw() {
        open = false;
        decideAtMillis = NEVER;
        leading.clear();
    }

    @Override
    void connected(ServerId peer) {
        if (open) {
            member().send(peer, ownNotification());
        }
    }

    @Override
    void disconnected(ServerId peer) {
        leading.remove(peer);
        if (open && election.lost(peer)) {
            openRound();
        } else if (open) {
            decide();
        }
    }

    @Override
    void written(boolean logMoved) {
        if (!open) {
            openRound();
        }
    }

    @Override
    public void notification(PeerMessage.Notification message) {
        if (!open) {
            return;
        }
        if (message.role() == Role.LEADING) {
            heardLeader(message);
            return;
        }
        leading.remove(sender());
        if (member().config().selfVotes()) {
            switch (election.heard(sender(), message.round(), message.vote(), member()::isLinked)) {
                case EVERYBODY -> tellAll();
                case SENDER -> member().send(sender(), ownNotification());
                case NOBODY -> {}
            }
            decide();
        }
    }

    private void heardLeader(PeerMessage.Notification message) {
        leading.add(sender());
        boolean isAsGood = member().config().selfVotes() && !election.vote().beats(message.vote());
        if (message.established() || isAsGood) {
            follow(sender(), "says that it leads");
        }
    }

    private void decide() {
        if (!member().config().selfVotes() || !election.isAgreed()) {
            decideAtMillis = NEVER;
            return;
        }
        if (election.isUnanimousAmong(member()::isLinked)) {
            elect();
        } else if (decideAtMillis == NEVER || !agreedOn.equals(election.vote())) {
            agreedOn = election.vote();
            decideAtMillis = member().nowMillis() + member().config().timing().electionFinalizeWaitMillis();
        }
    }

    private void elect() {
        Vote vote = election.vote();
        if (vote.candidate().equals(member().self())) {
            become(new Transition.ToLeading("elected", election.round(), vote));
        } else {
            follow(vote.candidate(), "was elected");
        }
    }

    private void follow(ServerId leader, String why) {
        become(new Transition.ToFollowing(leader + " " + why, leader, election.round(), leading.contains(leader)));
    }

    private void tellAll() {
        repeatAtMillis = member().nowMillis() + member().config().timing().heartbeatMillis();
        member().sendToAll(ownNotification());
    }

    private PeerMessage.Notification ownNotification() {
        return new PeerMessage.Notification(Role.LOOKING, false, election.round(), election.vote());
    }

    @Override
    void appSent(ServerId to, Payload message) {
        // Nobody leads anybody; dropped, as the contract says.
    }
}
