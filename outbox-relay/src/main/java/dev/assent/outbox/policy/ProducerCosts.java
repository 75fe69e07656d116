package dev.assent.outbox.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which topics may have cost a shard the producers that it has lost. A topic that surely cost one, or may have cost two, gets
 * no other while they are lost: that such a producer can be opened again is the sign that the topic is well. So each topic
 * that is broken holds two producers at most, one alone leaves the rest to the others, and any number that broke together
 * hold one, once the broker has said which they are. Pure; not safe for use by many threads.
 */
public final class ProducerCosts {
    /** One that merely was there when producers were lost may be innocent of the first. */
    private static final int DOUBTFUL_MAX = 1;

    private final SortedMap<String, Lost> producers = new TreeMap<>();

    /** Why a producer may be lost: one of the suspects, or all that are certain. */
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
    public void lost(String producer, Collection<String> topics) {
        producers.put(producer, new Lost(new TreeSet<>(topics), new TreeSet<>()));
    }

    /** The broker has said that each of {@code topics} keeps the transaction of the lost {@code producer} from its end. */
    public void isDueTo(String producer, Collection<String> topics) {
        if (!topics.isEmpty()) {
            producers.computeIfPresent(producer, (name, lost) -> {
                lost.certain().addAll(topics);
                lost.suspects().removeAll(topics);
                return lost;
            });
        }
    }

    public void isBack(String producer) {
        producers.remove(producer);
    }

    /** {@code topics} take records: what is lost is due to others. */
    public void areWell(Collection<String> topics) {
        producers.values().forEach(lost -> lost.remove(topics));
    }

    /** {@code topics} are not why {@code producer} is lost. */
    public void isNotDueTo(String producer, Collection<String> topics) {
        Optional.ofNullable(producers.get(producer)).ifPresent(lost -> lost.remove(topics));
    }

    /** Whether {@code topic} may be given a producer that it could cost. */
    public boolean mayCost(String topic) {
        return producers.values().stream().noneMatch(lost -> lost.isSure(topic))
                && producers.values().stream()
                                .filter(lost -> lost.isDoubtful(topic))
                                .count()
                        <= DOUBTFUL_MAX;
    }
}
