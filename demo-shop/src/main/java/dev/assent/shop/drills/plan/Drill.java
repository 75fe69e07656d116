package dev.assent.shop.drills.plan;

import java.util.List;
import java.util.Set;

/**
 * One drill.
 *
 * @param name as it is asked for
 * @param hypothesis what is expected, in one sentence
 * @param needs what must be there
 * @param bug switches off the protection that the drill rehearses
 */
public record Drill(
        String name, String hypothesis, Set<Role> needs, Fault fault, List<Invariant> invariants, PlantedBug bug) {
    public Drill {
        needs = Set.copyOf(needs);
        invariants = List.copyOf(invariants);
    }

    /** The same with other things that have to hold. */
    public Drill with(List<Invariant> others) {
        return new Drill(name, hypothesis, needs, fault, others, bug);
    }
}
