package dev.assent.shop.demo.parts;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the customers' side has seen so far. Thread-safe.
 *
 * <p>A pause is the time between two answers that a checkout committed, over all customers together.
 */
public final class Tally {
    private int committed;
    private int rolledBack;
    private int unknown;
    private int toldUnknown;
    private final Map<String, Integer> reasons = new TreeMap<>();
    private long lastCommitNanos = -1;
    private long longestPauseNanos;

    /** A moment's figures. */
    public record Figures(int answered, int committed, int rolledBack, int unknown, Duration longestPause) {}

    public synchronized void committed(long nowNanos) {
        committed++;
        if (lastCommitNanos >= 0) {
            longestPauseNanos = Math.max(longestPauseNanos, nowNanos - lastCommitNanos);
        }
        lastCommitNanos = nowNanos;
    }

    public synchronized void rolledBack(String reason) {
        rolledBack++;
        reasons.merge(reason, 1, Integer::sum);
    }

    /** How often each reason for a rollback was told, as text with the customer's name and the sum left out. */
    public synchronized Map<String, Integer> reasons() {
        Map<String, Integer> alike = new TreeMap<>();
        reasons.forEach((reason, count) ->
                alike.merge(reason.replaceAll("[0-9a-f-]*[0-9][0-9a-f-]*", "#"), count, Integer::sum));
        return alike;
    }

    /** The answer told, or there was none: to be asked again. */
    public synchronized void unknown() {
        unknown++;
        toldUnknown++;
    }

    /** A checkout that was unknown turned out to have ended so. */
    public synchronized void resolved(boolean asCommitted) {
        unknown--;
        if (asCommitted) {
            committed++;
        } else {
            rolledBack++;
        }
    }

    /** How often that was so, whatever the checkouts turned out to be. */
    public synchronized int toldUnknown() {
        return toldUnknown;
    }

    public synchronized Figures figures() {
        return new Figures(
                committed + rolledBack + unknown, committed, rolledBack, unknown, Duration.ofNanos(longestPauseNanos));
    }
}
