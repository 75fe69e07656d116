package dev.assent.coordination.quorum;

import dev.assent.coordination.model.ServerId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** More than half of the voters. */
public final class Majority implements Quorum {
    private final List<ServerId> voters;

    /**
     * @param voters at least one; the order does not matter
     * @throws IllegalArgumentException if empty or if a voter is named twice
     */
    public Majority(Collection<ServerId> voters) {
        TreeSet<ServerId> distinct = new TreeSet<>(voters);
        if (distinct.isEmpty() || distinct.size() != voters.size()) {
            throw new IllegalArgumentException("the voters " + voters + " must be at least one and distinct");
        }
        this.voters = List.copyOf(distinct);
    }

    @Override
    public List<ServerId> voters() {
        return voters;
    }

    @Override
    public boolean isReachedBy(Predicate<ServerId> supports) {
        int supporters = 0;
        for (int i = 0; i < voters.size(); i++) {
            if (supports.test(voters.get(i))) {
                supporters++;
            }
        }
        return supporters > voters.size() / 2;
    }

    @Override
    public long agreed(ToLongFunction<ServerId> position) {
        long[] positions = new long[voters.size()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = position.applyAsLong(voters.get(i));
        }
        Arrays.sort(positions);
        return positions[(positions.length - 1) / 2];
    }

    @Override
    public String toString() {
        return "majority of " + voters;
    }
}
