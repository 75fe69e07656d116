package dev.assent.shop.demo.parts;

import java.time.Duration;
import java.util.Optional;

/**
 * What a run of the demo is to do.
 *
 * @param checkouts after so many the run ends by itself; empty to go on until Ctrl-C
 * @param customers how many check out at the same time
 * @param kill whom to kill on the way
 * @param threePhase whether checkouts are committed in three phases
 * @param seed draws the moments and the baskets
 * @param coordination an ensemble that runs already; empty to let the nodes bring their own
 * @param directory data and logs of the run
 * @param quiescence how long everything may take to come to rest after the last checkout
 */
public record DemoOptions(
        Optional<Integer> checkouts,
        int customers,
        KillTarget kill,
        boolean threePhase,
        long seed,
        Optional<String> coordination,
        RunDirectory directory,
        Duration quiescence) {}
