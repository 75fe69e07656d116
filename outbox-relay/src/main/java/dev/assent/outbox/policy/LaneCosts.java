package dev.assent.outbox.policy;

import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which topics may have cost a shard the lanes that it has lost. A topic that surely cost one, or may have cost two, gets
 * no other while they are lost: that such a lane can be opened again is the sign that the topic is well. So each topic
 * that is broken holds two lanes at most, and one alone leaves the rest to the others. Pure; not safe for use by many
 * threads.
 */
public final class LaneCosts {
    /** One that merely was there when lanes were lost may be innocent of the first. */
    private static final int DOUBTFUL_MAX = 1;

    private final Map<String, SortedSet<String>> suspects = new TreeMap<>();

    /** It can be used no more, because of one of {@code topics} or several. */
    public void lost(String lane, Collection<String> topics) {
        suspects.put(lane, new TreeSet<>(topics));
    }

    public void isBack(String lane) {
        suspects.remove(lane);
    }

    /** {@code topics} have acknowledged records: what is lost is due to others. */
    public void areWell(Collection<String> topics) {
        suspects.values().forEach(some -> some.removeAll(topics));
    }

    /** Whether {@code topic} may be given a lane that it could cost. */
    public boolean mayCost(String topic) {
        boolean isGuilty = suspects.values().stream().anyMatch(some -> some.size() == 1 && some.contains(topic));
        return !isGuilty
                && suspects.values().stream()
                                .filter(some -> some.contains(topic))
                                .count()
                        <= DOUBTFUL_MAX;
    }
}
