package dev.assent.shop.tcc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who dies in a round, and where.
 *
 * @param victim the name of a process
 * @param step where it kills itself; empty when it is killed from outside at a random moment
 * @param commits whether the round's callers want to commit; empty where each may want what it likes
 */
record PlannedFault(String victim, Optional<Step> step, Optional<Boolean> commits) {
    static final String STOCK = "stock";
    static final String TILL = "till";
    static final String CALLER = "caller";
    static final String STORE = "store";

    /** Every process at every step. */
    static List<PlannedFault> all() {
        List<PlannedFault> all = new ArrayList<>();
        for (String service : List.of(STOCK, TILL)) {
            all.add(at(service, Step.BEFORE_TRY, Optional.empty()));
            all.add(at(service, Step.IN_TRY, Optional.empty()));
            all.add(at(service, Step.AFTER_TRY, Optional.empty()));
            all.add(at(service, Step.IN_CONFIRM, Optional.of(true)));
            all.add(at(service, Step.AFTER_CONFIRM, Optional.of(true)));
            all.add(at(service, Step.IN_CANCEL, Optional.of(false)));
            all.add(at(service, Step.AFTER_CANCEL, Optional.of(false)));
        }
        for (Step step : List.of(Step.BEGUN, Step.HALF_TRIED, Step.ALL_TRIED, Step.ENDED)) {
            all.add(at(CALLER, step, Optional.empty()));
        }
        for (String from : List.of(CALLER, STOCK, TILL, Scene.node(1), Scene.node(2), STORE)) {
            all.add(new PlannedFault(from, Optional.empty(), Optional.empty()));
        }
        return List.copyOf(all);
    }

    private static PlannedFault at(String victim, Step step, Optional<Boolean> commits) {
        return new PlannedFault(victim, Optional.of(step), commits);
    }

    @Override
    public String toString() {
        return victim + " " + step.map(Step::name).orElse("at any moment");
    }
}
