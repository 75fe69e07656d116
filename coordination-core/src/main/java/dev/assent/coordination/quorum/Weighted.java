package dev.assent.coordination.quorum;

import dev.assent.coordination.model.ServerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** More than half of the total weight. A voter of weight 0 votes without effect. */
public final class Weighted implements Quorum {
    private final SortedMap<ServerId, Integer> weights;
    private final List<ServerId> voters;
    private final long total;

    /**
     * @param weights per voter, 0 or more, not all 0
     * @throws IllegalArgumentException if a weight is negative or their sum is 0
     */
    public Weighted(SortedMap<ServerId, Integer> weights) {
        this.weights = new TreeMap<>(weights);
        this.voters = List.copyOf(this.weights.keySet());
        long sum = 0;
        for (int weight : this.weights.values()) {
            if (weight < 0) {
                throw new IllegalArgumentException("weights " + weights + " must not be negative");
            }
            sum += weight;
        }
        if (sum == 0) {
            throw new IllegalArgumentException("weights " + weights + " must not all be 0");
        }
        this.total = sum;
    }

    @Override
    public List<ServerId> voters() {
        return voters;
    }

    @Override
    public boolean isReachedBy(Predicate<ServerId> supports) {
        long supporting = 0;
        for (ServerId voter : voters) {
            if (supports.test(voter)) {
                supporting += weight(voter);
            }
        }
        return supporting * 2 > total;
    }

    @Override
    public long agreed(ToLongFunction<ServerId> position) {
        List<ServerId> furthestFirst = new ArrayList<>(voters);
        furthestFirst.sort(Comparator.comparingLong(position).reversed());
        long supporting = 0;
        for (ServerId voter : furthestFirst) {
            supporting += weight(voter);
            if (supporting * 2 > total) {
                return position.applyAsLong(voter);
            }
        }
        throw new IllegalStateException("all of the weight is not more than half of it");
    }

    private int weight(ServerId voter) {
        return weights.getOrDefault(voter, 0);
    }

    @Override
    public String toString() {
        return "majority by weight of " + weights;
    }
}
