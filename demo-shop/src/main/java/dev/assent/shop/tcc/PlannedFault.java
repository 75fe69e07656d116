package dev.assent.shop.tcc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who dies in a round, and when.
 *
 * @param victim the name of a process
 * @param place whose arrival at which step is the moment; empty when the victim is killed at a random one
 */
record PlannedFault(String victim, Optional<Place> place) {
    static final String STOCK = "stock";
    static final String TILL = "till";
    static final String CALLER = "caller";
    static final String STORE = "store";
    static final String DATABASE = "postgres";

    static final List<String> VICTIMS = List.of(STOCK, TILL, CALLER, Scene.node(1), Scene.node(2), STORE, DATABASE);

    private static final List<Step> OF_SERVICES = List.of(
            Step.BEFORE_TRY,
            Step.IN_TRY,
            Step.AFTER_TRY,
            Step.IN_CONFIRM,
            Step.AFTER_CONFIRM,
            Step.IN_CANCEL,
            Step.AFTER_CANCEL);
    private static final List<Step> OF_CALLERS = List.of(Step.BEGUN, Step.HALF_TRIED, Step.ALL_TRIED, Step.ENDED);

    /** A step in the process that comes to it. */
    record Place(String process, Step step) {
        @Override
        public String toString() {
            return process + " " + step;
        }
    }

    private static List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (String service : List.of(STOCK, TILL)) {
            OF_SERVICES.forEach(step -> places.add(new Place(service, step)));
        }
        OF_CALLERS.forEach(step -> places.add(new Place(CALLER, step)));
        return places;
    }

    /** Every process at every step, and at any moment. */
    static List<PlannedFault> all() {
        List<PlannedFault> all = new ArrayList<>();
        for (String victim : VICTIMS) {
            places().forEach(place -> all.add(new PlannedFault(victim, Optional.of(place))));
            all.add(new PlannedFault(victim, Optional.empty()));
        }
        return List.copyOf(all);
    }

    String moment() {
        return place.map(Place::toString).orElse("at any moment");
    }

    /** Whether the round's callers want to commit; empty where each may want what it likes. */
    Optional<Boolean> commits() {
        return place.flatMap(where -> where.step().commits());
    }

    @Override
    public String toString() {
        return victim + " dies " + place.map(where -> "when " + where).orElse("at any moment");
    }
}
