package dev.assent.outbox.policy;

import dev.assent.outbox.model.TopicState;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known about the topics of a broker, and which of them to ask for next. Pure: times are given by the caller, in
 * nanoseconds of one clock. Not safe for use by many threads.
 *
 * <p>Nobody waits for an answer: a topic that was never heard of is unknown until its answer is noted. A topic that did
 * not answer to records stays closed for a while, whatever the broker says about it, and longer each time, for only
 * another record can show that it is well again.
 */
public final class TopicBook {
    private static final TopicState OPEN = new TopicState.Open();
    private static final TopicState UNKNOWN = new TopicState.Unknown();
    /** A topic that was not asked about for this long is not in use, and the broker is not asked about it either. */
    private static final Duration IN_USE = Duration.ofSeconds(30);

    private static final Duration MOMENT = Duration.ofMillis(50);

    private final TopicLimits limits;
    private final NavigableMap<String, Entry> entries = new TreeMap<>();

    public TopicBook(TopicLimits limits) {
        this.limits = limits;
    }

    /** What the broker says about a topic. */
    public record Answer(TopicState state, OptionalLong recordBytesMax) {
        public static Answer open(OptionalLong recordBytesMax) {
            return new Answer(OPEN, recordBytesMax);
        }

        /** It is being made, and can be asked for in a moment. */
        public static Answer creating() {
            return new Answer(UNKNOWN, OptionalLong.empty());
        }

        public static Answer closed(String reason) {
            return new Answer(new TopicState.Closed(reason), OptionalLong.empty());
        }
    }

    private static final class Entry {
        private TopicState said = UNKNOWN;
        private OptionalLong recordBytesMax = OptionalLong.empty();
        private long askAtNanos;
        private long usedAtNanos;
        private int blames;
        private long blamedUntilNanos;
        private String blame = "";

        Entry(long nowNanos) {
            askAtNanos = nowNanos;
            usedAtNanos = nowNanos;
            blamedUntilNanos = nowNanos;
        }

        boolean isBlamed(long nowNanos) {
            return blames > 0 && blamedUntilNanos - nowNanos > 0;
        }

        TopicState state(long nowNanos) {
            return isBlamed(nowNanos) ? new TopicState.Closed(blame) : said;
        }
    }

    /** The state of {@code topic}, which is in use from now on. */
    public TopicState stateOf(String topic, long nowNanos) {
        Entry entry = entries.get(topic);
        if (entry == null) {
            if (entries.size() >= limits.topicsMax() && !forgetOneNotInUse(nowNanos)) {
                return new TopicState.Closed("this relay publishes to " + limits.topicsMax() + " other topics already");
            }
            entry = new Entry(nowNanos);
            entries.put(topic, entry);
        }
        entry.usedAtNanos = nowNanos;
        return entry.state(nowNanos);
    }

    /** The largest record of {@code topic}, where the broker has told. */
    public OptionalLong recordBytesMax(String topic) {
        return Optional.ofNullable(entries.get(topic))
                .map(entry -> entry.recordBytesMax)
                .orElse(OptionalLong.empty());
    }

    private boolean forgetOneNotInUse(long nowNanos) {
        Optional<String> oldest = entries.entrySet().stream()
                .filter(one -> !isInUse(one.getValue(), nowNanos))
                .min(Comparator.comparingLong(one -> one.getValue().usedAtNanos - nowNanos))
                .map(Map.Entry::getKey);
        oldest.ifPresent(entries::remove);
        return oldest.isPresent();
    }

    private static boolean isInUse(Entry entry, long nowNanos) {
        return nowNanos - entry.usedAtNanos <= IN_USE.toNanos();
    }

    /** Topics in use that the broker should be asked about now, at most {@code topicsMax}. */
    public SortedSet<String> toAsk(long nowNanos, int topicsMax) {
        SortedSet<String> due = new TreeSet<>();
        for (Map.Entry<String, Entry> one : entries.entrySet()) {
            if (due.size() == topicsMax) {
                break;
            }
            if (isInUse(one.getValue(), nowNanos) && one.getValue().askAtNanos - nowNanos <= 0) {
                due.add(one.getKey());
            }
        }
        return due;
    }

    /** Notes what the broker said, and tells what was known before. */
    public TopicState answered(String topic, Answer answer, long nowNanos) {
        Entry entry = entries.computeIfAbsent(topic, ignored -> new Entry(nowNanos));
        TopicState before = entry.said;
        entry.said = answer.state();
        entry.recordBytesMax = answer.recordBytesMax();
        entry.askAtNanos = nowNanos + untilAsked(answer.state()).toNanos();
        return before;
    }

    private Duration untilAsked(TopicState said) {
        return said.accept(new TopicState.Handler<>() {
            @Override
            public Duration open(TopicState.Open state) {
                return limits.refresh();
            }

            @Override
            public Duration unknown(TopicState.Unknown state) {
                return MOMENT;
            }

            @Override
            public Duration closed(TopicState.Closed state) {
                return limits.again();
            }
        });
    }

    /** Notes that the broker did not say anything about them: what was known stays. */
    public void unanswered(Iterable<String> topics, long nowNanos) {
        topics.forEach(topic -> Optional.ofNullable(entries.get(topic))
                .ifPresent(entry -> entry.askAtNanos = nowNanos + limits.again().toNanos()));
    }

    /** Records for {@code topic} were not answered, or it turned out to be closed: it is closed for a while. */
    public void blame(String topic, String reason, long nowNanos) {
        Entry entry = entries.computeIfAbsent(topic, ignored -> new Entry(nowNanos));
        entry.blames++;
        entry.blame = reason;
        Duration pause = Backoff.wait(limits.blamedFirst(), limits.blamedLongest(), entry.blames);
        entry.blamedUntilNanos = nowNanos + pause.toNanos();
        entry.askAtNanos = nowNanos;
    }

    /** Records for {@code topic} have been published. */
    public void published(String topic) {
        Optional.ofNullable(entries.get(topic)).ifPresent(entry -> entry.blames = 0);
    }
}
