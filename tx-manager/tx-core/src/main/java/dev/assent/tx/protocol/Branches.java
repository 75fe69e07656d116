package dev.assent.tx.protocol;

import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * All branches of one transaction, and what they come to together. Belongs to one protocol's machine. Loops, as each
 * step of each transaction asks here, and a stream costs more than the question.
 */
public final class Branches {
    private final List<BranchProgress> all;

    public Branches(int count) {
        all = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            all.add(new BranchProgress(index));
        }
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
        for (BranchProgress branch : all) {
            if (!are.test(branch)) {
                return false;
            }
        }
        return true;
    }

    public boolean any(Predicate<BranchProgress> is) {
        for (BranchProgress branch : all) {
            if (is.test(branch)) {
                return true;
            }
        }
        return false;
    }

    public List<Integer> prepared() {
        List<Integer> prepared = new ArrayList<>(all.size());
        for (BranchProgress branch : all) {
            if (branch.isPrepared()) {
                prepared.add(branch.index());
            }
        }
        return prepared;
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
        String hazard = "";
        for (BranchProgress branch : all) {
            if (branch.isReadOnly()) {
                continue;
            }
            HeuristicOutcome own = branch.ownDecision().orElse(agreed);
            if (own == HeuristicOutcome.HAZARD) {
                hazard = branch.describe() + " may have decided by itself";
            } else if (own != agreed) {
                String contradiction = branch.describe() + " decided by itself: " + own;
                return allWritersRolledBack()
                        ? new Outcome.HeuristicRolledBack(contradiction)
                        : new Outcome.HeuristicMixed(contradiction);
            }
        }
        return hazard.isEmpty() ? plain : new Outcome.HeuristicHazard(hazard);
    }

    /** Then there is nothing that differs, but nothing is committed either. */
    private boolean allWritersRolledBack() {
        return all(branch -> branch.isReadOnly()
                || branch.ownDecision()
                        .filter(own -> own == HeuristicOutcome.ROLLED_BACK)
                        .isPresent());
    }
}
