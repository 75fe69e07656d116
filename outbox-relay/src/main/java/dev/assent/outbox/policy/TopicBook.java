package dev.assent.outbox.policy;

import dev.assent.outbox.model.TopicState;
import dev.assent.time.Backoff;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What is known about the topics of a broker, and which of them to ask for next. Pure: times are given by the caller, in
 * nanoseconds of one clock. Not safe for use by many threads.
 *
 * <p>Nobody waits for an answer: a topic that was never heard of is unknown until its answer is noted, and counts as
 * closed when that takes long. A topic that did not answer to records stays closed for a while, whatever the broker says
 * about it, and longer each time; then it is doubtful, for only another record can show that it is well again.
 */
public final class TopicBook {
    private static final TopicState OPEN = new TopicState.Open();
    private static final TopicState UNKNOWN = new TopicState.Unknown();
    /** A topic that was not asked about for this long is not in use, and the broker is not asked about it either. */
    private static final Duration IN_USE = Duration.ofSeconds(30);

    private static final Duration MOMENT = Duration.ofMillis(50);
    /** A topic that was late with the records of others is trusted again, once in this time. */
    private static final Duration LATE_AGAIN = Duration.ofMinutes(1);

    private final TopicLimits limits;
    /** The longest unused first. */
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();

    public TopicBook(TopicLimits limits) {
        this.limits = limits;
    }

    /**
     * What the broker says about a topic.
     *
     * @param isSure false if it did not say whether the topic takes records: one that was open stays so, until records
     *     show otherwise
     */
    public record Answer(TopicState state, OptionalLong recordBytesMax, boolean isSure) {
        public static Answer open(OptionalLong recordBytesMax) {
            return new Answer(OPEN, recordBytesMax, true);
        }

        /** It is being made, and can be asked for in a moment. */
        public static Answer creating() {
            return new Answer(UNKNOWN, OptionalLong.empty(), true);
        }

        public static Answer closed(String reason) {
            return new Answer(new TopicState.Closed(reason), OptionalLong.empty(), true);
        }

        /** The broker answers, but not what was asked. */
        public static Answer odd(String reason) {
            return new Answer(new TopicState.Closed(reason), OptionalLong.empty(), false);
        }
    }

    private static final class Entry {
        private TopicState said = UNKNOWN;
        private OptionalLong recordBytesMax = OptionalLong.empty();
        private long askAtNanos;
        private long usedAtNanos;
        private long unknownSinceNanos;
        private int blames;
        private long blamedUntilNanos;
        private String blame = "";
        private boolean wasLate;
        private long lateNanos;

        Entry(long nowNanos) {
            askAtNanos = nowNanos;
            usedAtNanos = nowNanos;
            unknownSinceNanos = nowNanos;
            blamedUntilNanos = nowNanos;
        }

        boolean isBlamed(long nowNanos) {
            return blames > 0 && blamedUntilNanos - nowNanos > 0;
        }
    }

    /** The state of {@code topic}, which is in use from now on. */
    public TopicState stateOf(String topic, long nowNanos) {
        Entry entry = Optional.ofNullable(entries.remove(topic)).orElseGet(() -> new Entry(nowNanos));
        if (entries.size() >= limits.topicsMax() && !forgetOne(nowNanos)) {
            return new TopicState.Closed("this relay publishes to " + limits.topicsMax() + " other topics already");
        }
        entries.put(topic, entry);
        entry.usedAtNanos = nowNanos;
        return state(topic, entry, nowNanos);
    }

    private TopicState state(String topic, Entry entry, long nowNanos) {
        if (entry.isBlamed(nowNanos)) {
            return new TopicState.Closed(entry.blame);
        }
        return entry.said.accept(new TopicState.Handler<>() {
            @Override
            public TopicState open(TopicState.Open state) {
                return entry.blames > 0 ? new TopicState.Doubtful(entry.blame) : state;
            }

            @Override
            public TopicState unknown(TopicState.Unknown state) {
                return nowNanos - entry.unknownSinceNanos < limits.unknownMax().toNanos()
                        ? state
                        : new TopicState.Closed(
                                "the broker has not said yet whether topic " + topic + " takes records");
            }

            @Override
            public TopicState closed(TopicState.Closed state) {
                return state;
            }

            @Override
            public TopicState doubtful(TopicState.Doubtful state) {
                return state;
            }
        });
    }

    /** The largest record of {@code topic}, where the broker has told. */
    public OptionalLong recordBytesMax(String topic) {
        return Optional.ofNullable(entries.get(topic))
                .map(entry -> entry.recordBytesMax)
                .orElse(OptionalLong.empty());
    }

    /**
     * One that is not in use; else one that takes no records, for what waits for it is asked about again in its turn. One
     * that did not answer to records comes last, for it would pass for well when it is asked about again.
     */
    private boolean forgetOne(long nowNanos) {
        Predicate<Entry> isUnused = entry -> !isInUse(entry, nowNanos);
        Predicate<Entry> isShut = entry -> !(entry.said instanceof TopicState.Open);
        Predicate<Entry> isBlameless = entry -> entry.blames == 0;
        Optional<String> one = oldest(isUnused.and(isBlameless))
                .or(() -> oldest(isShut.and(isBlameless)))
                .or(() -> oldest(isUnused.or(isShut)));
        one.ifPresent(entries::remove);
        return one.isPresent();
    }

    private Optional<String> oldest(Predicate<Entry> which) {
        return entries.entrySet().stream()
                .filter(one -> which.test(one.getValue()))
                .findFirst()
                .map(Map.Entry::getKey);
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

    /** What the broker's last words about a topic were, and what they are now. */
    public record Change(TopicState before, TopicState after) {}

    /** Notes what the broker said. */
    public Change answered(String topic, Answer answer, long nowNanos) {
        Entry entry = entries.computeIfAbsent(topic, ignored -> new Entry(nowNanos));
        TopicState before = entry.said;
        if (answer.isSure() || !(before instanceof TopicState.Open)) {
            entry.said = answer.state();
            entry.recordBytesMax = answer.recordBytesMax();
        }
        if (!(before instanceof TopicState.Unknown)) {
            entry.unknownSinceNanos = nowNanos;
        }
        entry.askAtNanos = nowNanos + untilAsked(entry.said).toNanos();
        return new Change(before, entry.said);
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

            @Override
            public Duration doubtful(TopicState.Doubtful state) {
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
        entry.askAtNanos = nowNanos;
        if (entry.isBlamed(nowNanos)) {
            return;
        }
        entry.blames++;
        entry.blame = reason;
        Duration pause =
                Backoff.of(limits.blamedFirst(), limits.blamedLongest()).pause(entry.blames);
        entry.blamedUntilNanos = nowNanos + pause.toNanos();
    }

    /** It turned out that no record was sent when {@code topic} was blamed last. */
    public void unbegun(String topic, long nowNanos) {
        Optional.ofNullable(entries.get(topic)).ifPresent(entry -> takeBack(entry, nowNanos));
    }

    /**
     * It turned out that the records were replicated for which {@code topic} was blamed last, if late. One that is late
     * again soon stays apart from the others. One that is not blamed was in the transaction of others, and was not late.
     */
    public void replicated(String topic, long nowNanos) {
        Optional.ofNullable(entries.get(topic))
                .filter(entry -> entry.blames > 0)
                .filter(entry -> !entry.wasLate || nowNanos - entry.lateNanos >= LATE_AGAIN.toNanos())
                .ifPresent(entry -> {
                    entry.wasLate = true;
                    entry.lateNanos = nowNanos;
                    takeBack(entry, nowNanos);
                });
    }

    private static void takeBack(Entry entry, long nowNanos) {
        entry.blames = Math.max(0, entry.blames - 1);
        entry.blamedUntilNanos = nowNanos;
    }

    /** The broker should be asked about these at once. */
    public void askSoon(Iterable<String> topics, long nowNanos) {
        topics.forEach(
                topic -> Optional.ofNullable(entries.get(topic)).ifPresent(entry -> entry.askAtNanos = nowNanos));
    }

    /** Records for {@code topic} have been answered in time. */
    public void published(String topic) {
        Optional.ofNullable(entries.get(topic)).ifPresent(entry -> entry.blames = 0);
    }
}
