package dev.assent.spread;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each of those with a weight is due of a number of shards. Who has no weight is due none; when nobody has one, all
 * are alike.
 */
final class Shares {
    private final SortedMap<String, Integer> weights;
    private final int shards;
    private final long sum;

    Shares(SortedMap<String, Integer> weights, int shards) {
        boolean noneHasAny = weights.values().stream().allMatch(weight -> weight == 0);
        this.weights = new TreeMap<>();
        weights.forEach((name, weight) -> {
            if (noneHasAny || weight > 0) {
                this.weights.put(name, noneHasAny ? 1 : weight);
            }
        });
        this.shards = shards;
        this.sum = this.weights.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** Rounded down. */
    SortedMap<String, Integer> whole() {
        SortedMap<String, Integer> whole = new TreeMap<>();
        weights.forEach((name, weight) -> whole.put(name, Math.toIntExact((long) shards * weight / sum)));
        return whole;
    }

    /** What rounding took from each, in parts of the sum of all weights. */
    SortedMap<String, Long> remainders() {
        SortedMap<String, Long> remainders = new TreeMap<>();
        weights.forEach((name, weight) -> remainders.put(name, (long) shards * weight % sum));
        return remainders;
    }

    /** So many shards are left when everybody has their {@link #whole} share; fewer than there are members. */
    int left() {
        return shards - whole().values().stream().mapToInt(Integer::intValue).sum();
    }
}
