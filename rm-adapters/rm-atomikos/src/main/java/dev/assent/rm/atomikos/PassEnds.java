package dev.assent.rm.atomikos;

import dev.assent.tx.model.HeuristicOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What became of the branches that one recovery pass has found. For one thread. */
final class PassEnds {
    private final Set<String> unfinished = new HashSet<>();
    private final Map<String, Map<String, List<BranchEnd>>> byDecider = new HashMap<>();

    /** A branch of {@code coordinator} in {@code resource} was treated so, and has ended or not. */
    void note(String resource, String coordinator, RecoveryAction action, BranchEnd end) {
        String decider = action.decidedBy().orElse(coordinator);
        if (end != BranchEnd.ENDED) {
            unfinished.add(coordinator);
            unfinished.add(decider);
        }
        byDecider
                .computeIfAbsent(decider, key -> new HashMap<>())
                .computeIfAbsent(resource, key -> new ArrayList<>())
                .add(end);
    }

    /** Whether a branch of the transaction, or one that it decides for, is known not to have ended. */
    boolean isUnfinished(String id) {
        return unfinished.contains(id);
    }

    /**
     * What the branches that a vote decides for have done by themselves. A resource that holds none any more has done as
     * told before.
     */
    Optional<HeuristicOutcome> alone(String vote, Set<String> resources) {
        Map<String, List<BranchEnd>> seen = byDecider.getOrDefault(vote, Map.of());
        List<BranchEnd> ends = new ArrayList<>();
        seen.values().forEach(ends::addAll);
        if (!seen.keySet().containsAll(resources)) {
            ends.add(BranchEnd.ENDED);
        }
        return BranchEnd.alone(ends);
    }
}
