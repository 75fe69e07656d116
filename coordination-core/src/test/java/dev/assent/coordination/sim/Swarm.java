package dev.assent.coordination.sim;

import java.util.SplittableRandom;

/**
 * What one run is made of. Each seed enables another subset of the faults, so that rare combinations get a run in
 * which nothing else hides them.
 *
 * @param voters 3 or 5 (rarely 1)
 * @param crashes and the other kinds of fault: mean time between two, in milliseconds; 0 for never
 * @param diskMicros mean time of a flush
 * @param netMicros mean delay of a message
 * @param proposalMicros mean time between two proposals
 * @param counterMax last zxid counter of an epoch: small values make epochs roll over
 * @param historyEntries kept in memory: small values make learners need snapshots
 */
record Swarm(
        int voters,
        int observers,
        int crashes,
        int pauses,
        int partitions,
        int disconnects,
        int slowDisks,
        int stalledDisks,
        int delayedTicks,
        int massCrashes,
        int localSnapshots,
        int diskMicros,
        int netMicros,
        int proposalMicros,
        long counterMax,
        int historyEntries,
        int faultMillis) {

    static Swarm of(SplittableRandom random) {
        int[] sizes = {3, 3, 3, 5, 5, 1};
        return new Swarm(
                sizes[random.nextInt(sizes.length)],
                random.nextInt(3) == 0 ? 1 : 0,
                sometimes(random, 3, 400, 3000),
                sometimes(random, 2, 800, 4000),
                sometimes(random, 3, 500, 4000),
                sometimes(random, 2, 200, 2500),
                sometimes(random, 2, 1000, 4000),
                sometimes(random, 2, 1000, 4000),
                sometimes(random, 2, 300, 3000),
                sometimes(random, 2, 2000, 6000),
                sometimes(random, 3, 200, 2000),
                random.nextInt(50, 8000),
                random.nextInt(50, 4000),
                random.nextInt(3_000, 25_000),
                random.nextInt(3) == 0 ? random.nextInt(20, 120) : 1_000_000,
                random.nextInt(4) == 0 ? 400 : random.nextInt(0, 60),
                random.nextInt(3_000, 11_000));
    }

    /** Enabled in all but one of {@code oneIn + 1} runs. */
    private static int sometimes(SplittableRandom random, int oneIn, int least, int most) {
        return random.nextInt(oneIn + 1) == 0 ? 0 : random.nextInt(least, most);
    }
}
