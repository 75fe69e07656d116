package dev.assent.shop.drills.plan;

import java.util.List;
import java.util.Optional;

/**
 * What one run showed.
 *
 * @param struckAtMillis when the fault was there; empty if its moment never came
 * @param healedAtMillis when everything was started, joined or thawed again
 * @param endMillis the last answer
 * @param preparedForMillis from the last answer until nothing was prepared; empty if something stayed so
 * @param unserved when nobody was served though the fault was kept up for it, in words
 * @param unknownLeft answers that stayed unknown
 */
public record Seen(
        List<Sample> samples,
        List<Entry> timeline,
        Optional<Long> struckAtMillis,
        long healedAtMillis,
        List<String> unserved,
        long endMillis,
        Optional<Long> preparedForMillis,
        int unknownLeft,
        Audit audit) {
    public Seen {
        samples = List.copyOf(samples);
        timeline = List.copyOf(timeline);
        unserved = List.copyOf(unserved);
    }

    /** The longest time between two samples in which the number of commits rose, from {@code fromMillis} on. */
    public long longestPauseMillis(long fromMillis) {
        return longestPauseMillis(fromMillis, endMillis);
    }

    private long longestPauseMillis(long fromMillis, long toMillis) {
        long longest = 0;
        long committed = committedAt(fromMillis);
        long since = fromMillis;
        for (Sample sample : samples) {
            boolean isWithin = sample.atMillis() >= fromMillis && sample.atMillis() <= toMillis;
            if (isWithin && sample.committed() > committed) {
                longest = Math.max(longest, sample.atMillis() - since);
                since = sample.atMillis();
                committed = sample.committed();
            }
        }
        return Math.max(longest, toMillis - since);
    }

    /** The same before the fault. */
    public long baselinePauseMillis() {
        return longestPauseMillis(0, struckAtMillis.orElse(endMillis));
    }

    /** Commits a second between two moments; 0 for none. */
    public double perSecond(long fromMillis, long toMillis) {
        if (toMillis <= fromMillis) {
            return 0;
        }
        return (committedAt(toMillis) - committedAt(fromMillis)) * 1_000.0 / (toMillis - fromMillis);
    }

    /** Commits that callers had been told of by then. */
    public long committedAt(long atMillis) {
        long committed = 0;
        for (Sample sample : samples) {
            if (sample.atMillis() <= atMillis) {
                committed = sample.committed();
            }
        }
        return committed;
    }

    /** From the healing to the next commit; empty if none came. */
    public Optional<Long> servedAgainMillis() {
        long before = committedAt(healedAtMillis);
        return samples.stream()
                .filter(sample -> sample.atMillis() > healedAtMillis && sample.committed() > before)
                .findFirst()
                .map(sample -> sample.atMillis() - healedAtMillis);
    }

    /** The last sample. */
    public Sample total() {
        return samples.isEmpty() ? new Sample(0, 0, 0, 0) : samples.get(samples.size() - 1);
    }
}
