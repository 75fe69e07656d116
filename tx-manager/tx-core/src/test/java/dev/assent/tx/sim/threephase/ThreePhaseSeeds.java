package dev.assent.tx.sim.threephase;

import java.util.Map;

/** The random schedules of three-phase commit, for who is outside this package. */
public final class ThreePhaseSeeds {
    private ThreePhaseSeeds() {}

    /** What one of them came to; throws when a rule is broken. */
    public static Map<? extends Enum<?>, Integer> run(long seed) {
        return new ThreePhaseRun(PaxosFlaw.NONE, seed).run();
    }
}
