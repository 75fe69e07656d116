package dev.assent.tx.protocol;

import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** All branches of one transaction, and what they come to together. Belongs to one protocol's machine. */
public final class Branches {
    private final List<BranchProgress> all;

    public Branches(int count) {
        all = IntStream.range(0, count).mapToObj(BranchProgress::new).toList();
    }

    public BranchProgress get(int index) {
        return all.get(index);
    }

    public int count() {
        return all.size();
    }

    public void forEach(Consumer<BranchProgress> action) {
        all.forEach(action);
    }

    public boolean all(Predicate<BranchProgress> are) {
        return all.stream().allMatch(are);
    }

    public boolean any(Predicate<BranchProgress> is) {
        return all.stream().anyMatch(is);
    }

    public List<Integer> prepared() {
        return all.stream()
                .filter(BranchProgress::isPrepared)
                .map(BranchProgress::index)
                .toList();
    }

    /** Who has not voted yet, in words to be added to a cause; nothing if all have. */
    public String silent() {
        List<String> silent = all.stream()
                .filter(BranchProgress::isPreparing)
                .map(branch -> Integer.toString(branch.index() + 1))
                .toList();
        return silent.isEmpty()
                ? ""
                : "; no vote had come from branch " + String.join(", ", silent) + " of " + all.size();
    }

    /** The plain outcome, unless a branch contradicted it by itself. */
    public Outcome outcome(Outcome plain) {
        HeuristicOutcome agreed =
                plain instanceof Outcome.Committed ? HeuristicOutcome.COMMITTED : HeuristicOutcome.ROLLED_BACK;
        List<BranchProgress> writers =
                all.stream().filter(branch -> !branch.isReadOnly()).toList();
        String hazard = "";
        for (BranchProgress branch : writers) {
            HeuristicOutcome own = branch.ownDecision().orElse(agreed);
            if (own == HeuristicOutcome.HAZARD) {
                hazard = branch.describe() + " may have decided by itself";
            } else if (own != agreed) {
                String contradiction = branch.describe() + " decided by itself: " + own;
                return allRolledBack(writers)
                        ? new Outcome.HeuristicRolledBack(contradiction)
                        : new Outcome.HeuristicMixed(contradiction);
            }
        }
        return hazard.isEmpty() ? plain : new Outcome.HeuristicHazard(hazard);
    }

    /** Then there is nothing that differs, but nothing is committed either. */
    private static boolean allRolledBack(List<BranchProgress> writers) {
        return writers.stream().allMatch(branch -> branch.ownDecision()
                .filter(own -> own == HeuristicOutcome.ROLLED_BACK)
                .isPresent());
    }
}
