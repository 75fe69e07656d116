package dev.assent.rm.atomikos;

import dev.assent.tx.model.HeuristicOutcome;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a resource answered that was told how a branch ends. */
enum BranchEnd {
    /** As told. */
    ENDED,
    /** Not yet, as far as is known. */
    OPEN,
    COMMITTED_ALONE,
    ROLLED_BACK_ALONE,
    MIXED_ALONE,
    HAZARD_ALONE;

    /** What a transaction's branches amount to that did not all do what they were told; empty if none did otherwise. */
    static Optional<HeuristicOutcome> alone(Collection<BranchEnd> ends) {
        Set<BranchEnd> seen = EnumSet.noneOf(BranchEnd.class);
        seen.addAll(ends);
        Set<BranchEnd> alone = EnumSet.copyOf(seen);
        alone.remove(ENDED);
        alone.remove(OPEN);
        if (alone.isEmpty()) {
            return Optional.empty();
        }
        if (alone.contains(HAZARD_ALONE)) {
            return Optional.of(HeuristicOutcome.HAZARD);
        }
        if (seen.equals(EnumSet.of(COMMITTED_ALONE))) {
            return Optional.of(HeuristicOutcome.COMMITTED);
        }
        return Optional.of(
                seen.equals(EnumSet.of(ROLLED_BACK_ALONE)) ? HeuristicOutcome.ROLLED_BACK : HeuristicOutcome.MIXED);
    }
}
