package dev.assent.tx.protocol.paxos;

import java.util.UUID;

/**
 * One life of a process that proposes: random, and new with every start, so that nobody proposes under the ballots of a
 * life before.
 */
public record ProposerId(UUID value) implements Comparable<ProposerId> {
    @Override
    public int compareTo(ProposerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
