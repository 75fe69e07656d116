package dev.assent.tx.protocol.paxos;

/**
 * A numbered attempt to have a decision chosen. Ordered by round, then by proposer; belongs to that proposer alone, and
 * has one value at most.
 *
 * <p>Round 0 is the coordinator's: it needs no phase 1, as nothing can have been accepted before it.
 */
public record Ballot(long round, ProposerId proposer) implements Comparable<Ballot> {
    public Ballot {
        if (round < 0) {
            throw new IllegalArgumentException("a round is not negative: " + round);
        }
    }

    /** The ballot of a transaction's coordinator, to be used once. */
    public static Ballot first(ProposerId coordinator) {
        return new Ballot(0, coordinator);
    }

    /** The lowest ballot of {@code proposer} that is above this one. */
    public Ballot next(ProposerId proposer) {
        return new Ballot(Math.addExact(round, 1), proposer);
    }

    @Override
    public int compareTo(Ballot other) {
        int byRound = Long.compare(round, other.round);
        return byRound != 0 ? byRound : proposer.compareTo(other.proposer);
    }

    public boolean isAbove(Ballot other) {
        return compareTo(other) > 0;
    }
}
