package dev.assent.outbox.relay;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.spi.Publisher.Trial;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * What a shard does about topics that take no records: their keys go on when they do, doubtful ones are tried apart from
 * the others, and what waits is counted. However many there are, a page of them is watched at a time. Used by the shard's
 * thread.
 */
final class HeldTopics {
    /** Most keys that are released in one round when their topic takes records again. */
    private static final int RELEASED_MAX = 500;
    /** Most topics that are watched at a time, beside those that are just being tried. */
    private static final int WATCHED_MAX = 1_000;
    /** Time for one page of them, long enough that the broker can be asked. */
    private static final Duration PAGE_FOR = Duration.ofSeconds(5);
    /** How often a shard without work looks whether trials have a question. */
    private static final Duration ATTENDED_EVERY = Duration.ofMillis(100);

    private static final Duration COUNTED_EVERY = Duration.ofSeconds(10);
    private static final Duration COUNTED_SOON = Duration.ofSeconds(1);

    private final ShardOutbox outbox;
    private final ShardPublisher producer;
    private final BatchLimits limits;
    private final Reports reports;
    private final LongSupplier nanoClock;

    private final TreeSet<String> watched = new TreeSet<>();
    private final SortedSet<String> tried = new TreeSet<>();
    private String lastTried = "";
    /** Where the next page begins. */
    private String after = "";

    private boolean isAllWatched;
    private long pageSinceNanos;
    private long countAtNanos;
    private Held counted = Held.NOTHING;

    /** Told what happens. */
    interface Reports {
        void published(int records);

        void released(String topic, int keys);

        /** So much waits, for topics such as {@code example}; or nothing does any more. */
        void holding(Held held, Optional<String> example);
    }

    HeldTopics(
            ShardOutbox outbox, ShardPublisher producer, BatchLimits limits, Reports reports, LongSupplier nanoClock) {
        this.outbox = outbox;
        this.producer = producer;
        this.limits = limits;
        this.reports = reports;
        this.nanoClock = nanoClock;
        this.countAtNanos = nanoClock.getAsLong();
        this.pageSinceNanos = nanoClock.getAsLong();
    }

    /** Keys of these have been put aside. */
    void hold(List<Plan.Stopped> held) {
        for (Plan.Stopped one : held) {
            watch(one.record().message().topic());
        }
        long soon = nanoClock.getAsLong() + COUNTED_SOON.toNanos();
        countAtNanos = countAtNanos - soon > 0 ? soon : countAtNanos;
    }

    private void watch(String topic) {
        if (watched.size() < WATCHED_MAX) {
            watched.add(topic);
        } else if (!watched.contains(topic)) {
            isAllWatched = false;
        }
    }

    /** To be called in each round; tells whether the shard is still ours. */
    Ownership round() throws IOException {
        producer.attend();
        for (Trial trial : producer.ended()) {
            if (settle(trial) == Ownership.LOST) {
                return Ownership.LOST;
            }
        }
        long now = nanoClock.getAsLong();
        if (!isAllWatched && (watched.isEmpty() || now - pageSinceNanos >= PAGE_FOR.toNanos())) {
            turnPage(now);
        }
        for (String topic : inTurn()) {
            if (look(topic) == Ownership.LOST) {
                return Ownership.LOST;
            }
        }
        if (now - countAtNanos >= 0) {
            count(now);
        }
        return Ownership.KEPT;
    }

    /** Trials wait for the next round, and not longer than they must. */
    Duration atMost(Duration wait) {
        return tried.isEmpty() || wait.compareTo(ATTENDED_EVERY) < 0 ? wait : ATTENDED_EVERY;
    }

    private void turnPage(long now) throws IOException {
        SortedSet<String> page = outbox.heldTopics(after, WATCHED_MAX);
        if (page.isEmpty() && !after.isEmpty()) {
            after = "";
            page = outbox.heldTopics(after, WATCHED_MAX);
        }
        boolean isLast = page.size() < WATCHED_MAX;
        isAllWatched = isLast && after.isEmpty();
        after = isLast ? "" : page.last();
        pageSinceNanos = now;
        watched.clear();
        watched.addAll(page);
        watched.addAll(tried);
    }

    /** Those after the one that was tried last come first, so that each has its turn. */
    private List<String> inTurn() {
        List<String> turn = new ArrayList<>(watched.tailSet(lastTried, false));
        turn.addAll(watched.headSet(lastTried, true));
        return turn;
    }

    private Ownership look(String topic) throws IOException {
        TopicState state = producer.topic(topic);
        if (state instanceof TopicState.Open) {
            release(topic);
        } else if (state instanceof TopicState.Doubtful && !tried.contains(topic) && producer.mayTry(topic)) {
            return tryApart(topic);
        }
        return Ownership.KEPT;
    }

    private void release(String topic) throws IOException {
        int released = outbox.release(topic, RELEASED_MAX);
        if (released > 0) {
            reports.released(topic, released);
            countAtNanos = nanoClock.getAsLong();
        }
        if (released < RELEASED_MAX && !tried.contains(topic)) {
            watched.remove(topic);
        }
    }

    private Ownership tryApart(String topic) throws IOException {
        Optional<List<OutboxRecord>> records = outbox.toTry(topic, limits);
        if (records.isEmpty()) {
            return Ownership.LOST;
        }
        lastTried = topic;
        if (records.get().isEmpty()) {
            watched.remove(topic);
        } else if (producer.tryApart(topic, new Batch(records.get()))) {
            tried.add(topic);
        } else {
            return holdAgain(records.get(), "nothing can be tried now");
        }
        return Ownership.KEPT;
    }

    private Ownership settle(Trial trial) throws IOException {
        tried.remove(trial.topic());
        watched.add(trial.topic());
        List<OutboxRecord> records = trial.batch().records();
        Optional<String> failure = trial.outcome().accept(new WhyNot());
        if (failure.isPresent()) {
            return holdAgain(records, failure.get());
        }
        Ownership ownership = outbox.acknowledge(trial.batch());
        if (ownership == Ownership.KEPT) {
            reports.published(records.size());
            countAtNanos = nanoClock.getAsLong();
        }
        return ownership;
    }

    private Ownership holdAgain(List<OutboxRecord> records, String reason) throws IOException {
        Map<MessageKey, Plan.Stopped> firsts = new TreeMap<>();
        records.forEach(record -> firsts.putIfAbsent(record.key(), new Plan.Stopped(record, reason)));
        return outbox.hold(List.copyOf(firsts.values()));
    }

    /** Why the records of a trial wait on; empty if the broker has them. */
    private static final class WhyNot implements PublishOutcome.Handler<Optional<String>> {
        @Override
        public Optional<String> published(PublishOutcome.Published outcome) {
            return Optional.empty();
        }

        /** The topic is well, so they are released, and what is wrong with one of them is found out as always. */
        @Override
        public Optional<String> rejected(PublishOutcome.Rejected outcome) {
            return Optional.of(outcome.reason());
        }

        @Override
        public Optional<String> topicsClosed(PublishOutcome.TopicsClosed outcome) {
            return Optional.of(outcome.reason());
        }

        @Override
        public Optional<String> unavailable(PublishOutcome.Unavailable outcome) {
            return Optional.of(outcome.reason());
        }

        /** A newer owner shows in the database, and a producer may also be fenced by its own time-out. */
        @Override
        public Optional<String> fenced(PublishOutcome.Fenced outcome) {
            return Optional.of(outcome.reason());
        }
    }

    private void count(long now) throws IOException {
        countAtNanos = now + COUNTED_EVERY.toNanos();
        if (watched.isEmpty() && isAllWatched && counted.isEmpty()) {
            return;
        }
        counted = outbox.held();
        reports.holding(counted, watched.stream().findFirst());
    }
}
