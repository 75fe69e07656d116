package dev.assent.outbox.kafka;

import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.policy.Throttle;
import dev.assent.outbox.policy.TopicBook;
import dev.assent.outbox.policy.TopicLimits;
import java.io.Closeable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known about topics, for all shards of a relay. Nobody who asks waits: the broker is asked by a thread of its
 * own, each time within {@link KafkaSettings#TOPICS_MAX_WAIT}, and what is asked here is answered from what it said.
 * Tells in the log when a topic closes and opens, and when the broker is away and back. Safe for use by many threads.
 */
final class TopicDirectory implements Closeable, ShardProducers.Findings {
    private static final Logger LOG = LoggerFactory.getLogger(TopicDirectory.class);
    private static final int ASKED_AT_ONCE_MAX = 500;
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);
    /** A broker that stays away is told of again after this time. */
    private static final Duration STILL_AWAY = Duration.ofMinutes(1);
    /** Lines about topics in each span; the rest is told as a number. */
    private static final int LINES_MAX = 6;

    private static final Duration LINES_SPAN = Duration.ofSeconds(10);

    /** Asks the broker; blocks for a bounded time. */
    interface Inquiry extends Closeable {
        /**
         * What the broker says about each of {@code topics}; those it does not answer about are left out.
         *
         * @throws InquiryFailedException if it answers about none
         */
        SortedMap<String, TopicBook.Answer> ask(SortedSet<String> topics)
                throws InquiryFailedException, InterruptedException;

        @Override
        void close();
    }

    /** The broker did not answer. */
    static final class InquiryFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        InquiryFailedException(String reason, Throwable cause) {
            super(reason, cause);
        }
    }

    private final String broker;
    private final Inquiry inquiry;
    private final LongSupplier nanoClock;
    private final Thread thread;
    private final Object lock = new Object();

    /** Guarded by {@link #lock}. */
    private final TopicBook book = new TopicBook(TopicLimits.standard());
    /** Guarded by {@link #lock}. */
    private boolean closing;
    /** Since when the broker does not answer; used by the thread only. */
    private Optional<Long> awaySinceNanos = Optional.empty();

    private long toldAwayNanos;
    private final Throttle lines = new Throttle(LINES_MAX, LINES_SPAN);
    /** When the broker last answered a question; 0 while it never has. */
    private volatile long answeredNanos;

    TopicDirectory(String relay, String broker, Inquiry inquiry, LongSupplier nanoClock) {
        this.broker = broker;
        this.inquiry = inquiry;
        this.nanoClock = nanoClock;
        this.thread = new Thread(this::run, "outbox-topics-" + relay);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    TopicState stateOf(String topic) {
        synchronized (lock) {
            TopicState state = book.stateOf(topic, nanoClock.getAsLong());
            if (state instanceof TopicState.Unknown) {
                lock.notifyAll();
            }
            return state;
        }
    }

    OptionalLong recordBytesMax(String topic) {
        synchronized (lock) {
            return book.recordBytesMax(topic);
        }
    }

    /** Records for these topics were not taken: they are closed until there is reason to believe otherwise. */
    void blame(SortedSet<String> topics, String reason) {
        LOG.warn("{} at {}: {}; their keys wait, the others go on", topics, broker, reason);
        synchronized (lock) {
            topics.forEach(topic -> book.blame(topic, reason, nanoClock.getAsLong()));
            lock.notifyAll();
        }
    }

    @Override
    public void unbegun(SortedSet<String> unsent) {
        LOG.debug("{} at {} go on: a transaction before had not come to its end", unsent, broker);
        synchronized (lock) {
            unsent.forEach(topic -> book.unbegun(topic, nanoClock.getAsLong()));
        }
    }

    @Override
    public void replicated(SortedSet<String> late) {
        synchronized (lock) {
            late.forEach(topic -> book.replicated(topic, nanoClock.getAsLong()));
        }
    }

    /** Have the broker asked about {@code topics} at once, for they behave oddly. */
    void askSoon(Iterable<String> topics) {
        synchronized (lock) {
            book.askSoon(topics, nanoClock.getAsLong());
            lock.notifyAll();
        }
    }

    /** Whether the broker has answered a question after {@code nanos} of the clock. */
    boolean hasAnsweredSince(long nanos) {
        long answered = answeredNanos;
        return answered != 0 && answered - nanos > 0;
    }

    void published(Iterable<String> topics) {
        synchronized (lock) {
            topics.forEach(book::published);
        }
    }

    /** The boundary of the directory's thread. */
    private void run() {
        try (inquiry) {
            for (Optional<SortedSet<String>> due = awaitDue(); due.isPresent(); due = awaitDue()) {
                ask(due.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until topics are to be asked about; empty when closing. */
    private Optional<SortedSet<String>> awaitDue() throws InterruptedException {
        synchronized (lock) {
            while (!closing) {
                SortedSet<String> due = book.toAsk(nanoClock.getAsLong(), ASKED_AT_ONCE_MAX);
                if (!due.isEmpty()) {
                    return Optional.of(due);
                }
                lock.wait(LOOK_EVERY.toMillis());
            }
            return Optional.empty();
        }
    }

    private void ask(SortedSet<String> topics) throws InterruptedException {
        try {
            SortedMap<String, TopicBook.Answer> answers = inquiry.ask(topics);
            note(topics, answers);
            back();
        } catch (InquiryFailedException e) {
            unanswered(topics);
            away(e);
        } catch (RuntimeException | Error bug) {
            // Whatever it was, topics must go on being looked after.
            unanswered(topics);
            LOG.error("a question about {} topics to {} failed in a way that it must not", topics.size(), broker, bug);
        }
    }

    private void unanswered(SortedSet<String> topics) {
        synchronized (lock) {
            book.unanswered(topics, nanoClock.getAsLong());
        }
    }

    private void note(SortedSet<String> asked, SortedMap<String, TopicBook.Answer> answers) {
        SortedMap<String, TopicBook.Change> changes = new TreeMap<>();
        synchronized (lock) {
            long now = nanoClock.getAsLong();
            answeredNanos = now == 0 ? 1 : now;
            SortedSet<String> silent = new TreeSet<>(asked);
            silent.removeAll(answers.keySet());
            book.unanswered(silent, now);
            answers.forEach((topic, answer) -> changes.put(topic, book.answered(topic, answer, now)));
        }
        changes.forEach((topic, change) -> {
            if (!change.after().equals(change.before())) {
                change.after().accept(new Telling(topic, change.before()));
            }
        });
    }

    /** Tells people of a topic's new state. */
    private final class Telling implements TopicState.Handler<Boolean> {
        private final String topic;
        private final TopicState before;

        Telling(String topic, TopicState before) {
            this.topic = topic;
            this.before = before;
        }

        @Override
        public Boolean open(TopicState.Open state) {
            if (before instanceof TopicState.Closed && mayTell()) {
                LOG.info("topic {} at {} takes records again", topic, broker);
            }
            return true;
        }

        @Override
        public Boolean unknown(TopicState.Unknown state) {
            return false;
        }

        @Override
        public Boolean closed(TopicState.Closed state) {
            if (mayTell()) {
                LOG.warn(
                        "{}; its keys wait and go on by themselves, the others go on now ({})", state.reason(), broker);
            }
            return false;
        }

        @Override
        public Boolean doubtful(TopicState.Doubtful state) {
            return false;
        }

        private boolean mayTell() {
            OptionalLong keptBack = lines.tell(nanoClock.getAsLong());
            keptBack.ifPresent(kept -> {
                if (kept > 0) {
                    LOG.warn("{} more lines like these about topics at {} were left out", kept, broker);
                }
            });
            return keptBack.isPresent();
        }
    }

    private void away(InquiryFailedException failure) {
        long now = nanoClock.getAsLong();
        boolean isNews = awaySinceNanos.isEmpty();
        if (isNews || now - toldAwayNanos >= STILL_AWAY.toNanos()) {
            toldAwayNanos = now;
            awaySinceNanos = Optional.of(awaySinceNanos.orElse(now));
            LOG.warn(
                    "the broker at {} {}: {}. Nothing is lost; it goes on when the broker answers",
                    broker,
                    isNews ? "is away" : "is still away",
                    failure.getMessage());
        }
    }

    private void back() {
        if (awaySinceNanos.isPresent()) {
            Duration away = Duration.ofNanos(nanoClock.getAsLong() - awaySinceNanos.get());
            LOG.info("the broker at {} is back after {} s", broker, away.toSeconds());
            awaySinceNanos = Optional.empty();
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        try {
            thread.join(CLOSE_MAX.toMillis());
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
