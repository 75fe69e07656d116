package dev.assent.tx.sim;

import dev.assent.tx.model.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** Branches of one transaction that were ended behind its coordinator's back, and what may explain their absence. */
final class Hands {

    /**
     * A branch that an operator ended, or a failover lost.
     *
     * @param tooLate the caller had been told already
     */
    private record Hand(int branch, SimResource.State how, boolean tooLate) {}

    private final List<Hand> hands = new ArrayList<>();
    private final Set<Integer> unanswered = new LinkedHashSet<>();
    private final Set<Integer> kept = new LinkedHashSet<>();

    void ended(int branch, SimResource.State how, boolean tooLate) {
        hands.add(new Hand(branch, how, tooLate));
    }

    /** A telling of it may have been carried out, or its vote was lost. */
    void unanswered(int branch) {
        unanswered.add(branch);
    }

    /** It is kept for an operator, and told to whoever asks. */
    void kept(int branch) {
        kept.add(branch);
    }

    boolean any() {
        return !hands.isEmpty();
    }

    boolean ended(int branch) {
        return hands.stream().anyMatch(hand -> hand.branch() == branch);
    }

    /** To be called when a coordinator is done and nobody else can have ended a branch. */
    void checkNoticed(Outcome told, IntPredicate isWitnessed) {
        for (Hand hand : hands) {
            boolean explained = unanswered.contains(hand.branch()) && !isWitnessed.test(hand.branch());
            boolean noticed = hand.tooLate() || kept.contains(hand.branch());
            if (contradicts(hand.how(), told) && !noticed && !explained) {
                throw new Violation("a branch was ended by hand, against what the caller was told");
            }
        }
    }

    private static boolean contradicts(SimResource.State how, Outcome told) {
        return (told instanceof Outcome.Committed && how == SimResource.State.ROLLED_BACK)
                || (told instanceof Outcome.RolledBack && how == SimResource.State.COMMITTED);
    }
}
