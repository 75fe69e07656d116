package dev.assent.tx.protocol.paxos;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * The acceptors of one transaction, fixed before its first ballot. An odd number: an even one blocks as early as the odd
 * one below it.
 */
public record AcceptorSet(List<AcceptorId> members) {
    /** Each is asked in each round; what is wanted is that a majority lives, for which so many are plenty. */
    public static final int MEMBERS_MAX = 99;

    public AcceptorSet {
        members = List.copyOf(members);
        if (members.size() > MEMBERS_MAX || members.size() % 2 == 0) {
            throw new IllegalArgumentException(
                    "a transaction has an odd number of acceptors, 1 to " + MEMBERS_MAX + ", not " + members.size());
        }
        if (new LinkedHashSet<>(members).size() != members.size()) {
            throw new IllegalArgumentException("an acceptor is named twice among " + members);
        }
    }

    public boolean contains(AcceptorId acceptor) {
        return members.contains(acceptor);
    }

    public int size() {
        return members.size();
    }

    public boolean isMajority(int count) {
        return 2 * count > members.size();
    }
}
