package dev.assent.tx.protocol.paxos;

import dev.assent.invariants.Invariants;
import dev.assent.tx.model.Decision;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Counts what acceptors have accepted: a value is chosen once a majority has accepted it under one ballot. */
final class Learner {
    private record Accepting(Decision value, Set<AcceptorId> by) {}

    private final AcceptorSet acceptors;
    private final Map<Ballot, Accepting> ballots = new TreeMap<>();

    Learner(AcceptorSet acceptors) {
        this.acceptors = acceptors;
    }

    /** What is chosen by now, if this acceptance was what it lacked. One acceptor counts once, however often it says so. */
    Optional<Decision> heard(AcceptorId from, AcceptorReply.Accepted reply) {
        Accepting accepting =
                ballots.computeIfAbsent(reply.ballot(), ballot -> new Accepting(reply.value(), new LinkedHashSet<>()));
        Invariants.check(accepting.value() == reply.value(), "a ballot has one value");
        if (acceptors.contains(from)) {
            accepting.by().add(from);
        }
        return acceptors.isMajority(accepting.by().size()) ? Optional.of(reply.value()) : Optional.empty();
    }

    boolean hasHeard(Ballot ballot, AcceptorId from) {
        Accepting accepting = ballots.get(ballot);
        return accepting != null && accepting.by().contains(from);
    }
}
