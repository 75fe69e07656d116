package dev.assent.outbox.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which topics may have cost a shard the lanes that it has lost. A topic that surely cost one, or may have cost two, gets
 * no other while they are lost: that such a lane can be opened again is the sign that the topic is well. So each topic
 * that is broken holds two lanes at most, one alone leaves the rest to the others, and any number that broke together
 * hold one, once the broker has said which they are. Pure; not safe for use by many threads.
 */
public final class LaneCosts {
    /** One that merely was there when lanes were lost may be innocent of the first. */
    private static final int DOUBTFUL_MAX = 1;

    private final SortedMap<String, Lost> lanes = new TreeMap<>();

    /** Why a lane may be lost: one of the suspects, or all that are certain. */
    private record Lost(SortedSet<String> suspects, SortedSet<String> certain) {
        boolean isSure(String topic) {
            return certain.contains(topic) || (certain.isEmpty() && suspects.size() == 1 && suspects.contains(topic));
        }

        boolean isDoubtful(String topic) {
            return suspects.contains(topic);
        }

        void remove(Collection<String> topics) {
            suspects.removeAll(topics);
            certain.removeAll(topics);
        }
    }

    /** It can be used no more, because of one of {@code topics} or several. */
    public void lost(String lane, Collection<String> topics) {
        lanes.put(lane, new Lost(new TreeSet<>(topics), new TreeSet<>()));
    }

    /** The broker has said that each of {@code topics} keeps the transaction of the lost {@code lane} from its end. */
    public void isDueTo(String lane, Collection<String> topics) {
        if (!topics.isEmpty()) {
            lanes.computeIfPresent(lane, (name, lost) -> {
                lost.certain().addAll(topics);
                lost.suspects().removeAll(topics);
                return lost;
            });
        }
    }

    public void isBack(String lane) {
        lanes.remove(lane);
    }

    /** {@code topics} take records: what is lost is due to others. */
    public void areWell(Collection<String> topics) {
        lanes.values().forEach(lost -> lost.remove(topics));
    }

    /** {@code topics} are not why {@code lane} is lost. */
    public void isNotDueTo(String lane, Collection<String> topics) {
        Optional.ofNullable(lanes.get(lane)).ifPresent(lost -> lost.remove(topics));
    }

    /** Whether {@code topic} may be given a lane that it could cost. */
    public boolean mayCost(String topic) {
        return lanes.values().stream().noneMatch(lost -> lost.isSure(topic))
                && lanes.values().stream()
                                .filter(lost -> lost.isDoubtful(topic))
                                .count()
                        <= DOUBTFUL_MAX;
    }
}
