package dev.assent.shop.demo;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The moments of a drill, drawn from a seed.
 *
 * @param killAfterCheckouts the fault comes once that many checkouts were answered
 * @param downtime how long the victim stays dead
 */
public record DrillPlan(int killAfterCheckouts, Duration downtime) {
    private static final int DOWNTIME_MILLIS_MIN = 1_000;
    private static final int DOWNTIME_MILLIS_END = 4_000;

    /** Between a quarter and two thirds of the run, so that there is work before, during and after. */
    public static DrillPlan draw(long seed, int checkouts) {
        SplittableRandom random = new SplittableRandom(seed);
        int first = checkouts / 4;
        int end = Math.max(first + 1, checkouts * 2 / 3);
        return new DrillPlan(
                random.nextInt(first, end),
                Duration.ofMillis(random.nextInt(DOWNTIME_MILLIS_MIN, DOWNTIME_MILLIS_END)));
    }
}
