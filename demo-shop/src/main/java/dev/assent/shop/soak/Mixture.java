package dev.assent.shop.soak;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Draws what happens, from a seed. Each customer and the one who strikes have one of their own; not thread-safe. */
final class Mixture {
    /** As the order service names them. */
    static final List<String> FLOWS = List.of("strong", "three-phase", "commit-point", "tcc", "saga", "eventual");

    private static final int UNDONE_PERCENT = 6;
    private static final int DOWN_MILLIS_MIN = 500;
    private static final int DOWN_MILLIS_END = 5_000;
    private static final int CALM_MILLIS_MIN = 5_000;
    private static final int CALM_MILLIS_END = 20_000;

    private final SplittableRandom random;

    /**
     * Somebody dies.
     *
     * @param downtime until it is started again
     * @param calm until the next blow, after this one's victim serves
     */
    record Blow(Victim victim, Duration downtime, Duration calm) {}

    Mixture(SplittableRandom random) {
        this.random = random;
    }

    SplittableRandom random() {
        return random;
    }

    String flow() {
        return FLOWS.get(random.nextInt(FLOWS.size()));
    }

    /** Whether a customer wants back what it just bought. */
    boolean isUndone() {
        return random.nextInt(100) < UNDONE_PERCENT;
    }

    /** One of those victims. */
    Blow blow(List<Victim> victims) {
        return new Blow(
                victims.get(random.nextInt(victims.size())),
                Duration.ofMillis(random.nextInt(DOWN_MILLIS_MIN, DOWN_MILLIS_END)),
                Duration.ofMillis(random.nextInt(CALM_MILLIS_MIN, CALM_MILLIS_END)));
    }
}
