package dev.assent.coordination.election;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Quorum;
import dev.assent.invariants.Invariants;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One voter's view of the election, over all its rounds. Pure; one thread.
 *
 * <p>In a round every voter proposes the best candidate it has heard of and can reach. A round ends for a voter once
 * a quorum proposes the same candidate as it does. Whoever starts to look opens a new round; those that are in an
 * earlier one join it and forget the votes of the old.
 */
public final class Election {
    private final ServerId self;
    private final Quorum quorum;
    private final TreeMap<ServerId, Vote> votes = new TreeMap<>();
    private long round;
    private Vote own;
    private Vote vote;

    /** Whom to tell the own vote after hearing another's. */
    public enum Reply {
        NOBODY,
        SENDER,
        EVERYBODY
    }

    public Election(ServerId self, Quorum quorum) {
        this.self = self;
        this.quorum = quorum;
        this.own = new Vote(self, Epoch.NONE, Zxid.ZERO);
        this.vote = own;
    }

    public long round() {
        return round;
    }

    /** The candidate proposed at the moment. */
    public Vote vote() {
        return vote;
    }

    /** Opens a new round with a vote for this server itself. */
    public void open(Epoch currentEpoch, Zxid lastLogged) {
        own = new Vote(self, currentEpoch, lastLogged);
        enterRound(round + 1);
    }

    /**
     * Takes notice of {@code theirs}.
     *
     * @param reachable who could be followed; no other candidate is taken over
     */
    public Reply heard(ServerId from, long theirRound, Vote theirs, Predicate<ServerId> reachable) {
        Invariants.check(!from.equals(self), "a server does not send votes to itself");
        if (!quorum.votes(from)) {
            return Reply.NOBODY;
        }
        if (theirRound < round) {
            return Reply.SENDER;
        }
        boolean joined = theirRound > round;
        if (joined) {
            enterRound(theirRound);
        }
        votes.put(from, theirs);
        boolean adopted = theirs.beats(vote) && canLead(theirs.candidate(), reachable);
        if (adopted) {
            vote = theirs;
            votes.put(self, vote);
        }
        if (joined || adopted) {
            return Reply.EVERYBODY;
        }
        return vote.beats(theirs) ? Reply.SENDER : Reply.NOBODY;
    }

    /** A voter's link is gone: its vote no longer counts. Returns whether the own candidate went with it. */
    public boolean lost(ServerId server) {
        votes.remove(server);
        return vote.candidate().equals(server);
    }

    /** Whether a quorum proposes the same candidate as this server. */
    public boolean isAgreed() {
        return quorum.isReachedBy(this::agrees);
    }

    /** Whether every voter that {@code linked} holds for agrees, so that waiting for more votes is idle. */
    public boolean isUnanimousAmong(Predicate<ServerId> linked) {
        for (ServerId voter : quorum.voters()) {
            if (linked.test(voter) && !agrees(voter)) {
                return false;
            }
        }
        return true;
    }

    private boolean agrees(ServerId voter) {
        Vote theirs = votes.get(voter);
        return theirs != null && theirs.candidate().equals(vote.candidate());
    }

    private boolean canLead(ServerId candidate, Predicate<ServerId> reachable) {
        return quorum.votes(candidate) && (candidate.equals(self) || reachable.test(candidate));
    }

    private void enterRound(long newRound) {
        round = newRound;
        votes.clear();
        vote = own;
        votes.put(self, own);
    }

    @Override
    public String toString() {
        return "round " + round + " " + votes;
    }
}
