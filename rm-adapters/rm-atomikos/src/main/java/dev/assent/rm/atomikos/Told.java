package dev.assent.rm.atomikos;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.HeuristicOutcome;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the superior of a vote has said, and what came of it. Only remembered: the superior says it again to the next
 * process.
 *
 * @param decision the one decision
 * @param alone what the resources did by themselves, against it
 * @param forget whether they may forget that
 * @param missing resources that could not be asked in the last pass
 */
record Told(Decision decision, Optional<HeuristicOutcome> alone, boolean forget, SortedSet<String> missing) {
    Told(Decision decision) {
        this(decision, Optional.empty(), false, new TreeSet<>());
    }

    Told alone(HeuristicOutcome outcome) {
        return new Told(decision, Optional.of(outcome), forget, missing);
    }

    Told forgettable() {
        return new Told(decision, alone, true, missing);
    }

    Told missing(SortedSet<String> now) {
        return new Told(decision, alone, forget, now);
    }
}
