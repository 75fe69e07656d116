package dev.assent.tx.sim.commitpoint;

import java.util.Map;

/** The random schedules of a commit point, for who is outside this package. */
public final class PointSeeds {
    private PointSeeds() {}

    /** What one of them came to; throws when a rule is broken. */
    public static Map<? extends Enum<?>, Integer> run(long seed) {
        return new PointSwarm(PointFlaw.NONE, seed).run();
    }
}
