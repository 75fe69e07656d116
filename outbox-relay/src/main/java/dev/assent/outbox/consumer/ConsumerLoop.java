package dev.assent.outbox.consumer;

import dev.assent.outbox.purge.PurgeSettings;
import dev.assent.outbox.purge.Purger;
import dev.assent.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed records and hands them to an effect, one at a time, on a thread of its own. A loop is started once
 * and closed once; {@link #status} may be called from any thread.
 */
public final class ConsumerLoop implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
    private static final Duration POLL_MAX = Duration.ofMillis(200);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(20);
    private static final int POLL_RECORDS_MAX = 200;
    /** A resumed partition waits for the fetch that began before it, at most this long. */
    private static final int FETCH_WAIT_MILLIS = 100;

    private final ConsumerSettings settings;
    private final Effect effect;
    private final LongSupplier nanoClock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Optional<DeadLetterSender> deadLetters;
    private final Optional<Purger> purger;
    private final Retries retries;
    private final Thread thread;
    private volatile ConsumerStatus status = ConsumerStatus.unstarted();
    private volatile boolean closing;

    /**
     * Prepares a loop whose effects are made in {@code database}; its inbox, requests and tokens are purged meanwhile, by
     * the standard settings. Nothing is read before {@link #start}.
     */
    public ConsumerLoop(ConsumerSettings settings, DataSource database, Effect effect) {
        this(settings, database, PurgeSettings.standard(), effect);
    }

    /** As the other, with a purge of one's own settings. */
    public ConsumerLoop(ConsumerSettings settings, DataSource database, PurgeSettings purge, Effect effect) {
        this(
                settings,
                effect,
                Optional.of(new Purger(database, purge, new ConsumedRetentions(settings))),
                Clock.SYSTEM::nanos);
    }

    /** Prepares a loop whose effects are made elsewhere than in a database of ours: nothing is purged. */
    public ConsumerLoop(ConsumerSettings settings, Effect effect) {
        this(settings, effect, Optional.empty(), Clock.SYSTEM::nanos);
    }

    private ConsumerLoop(ConsumerSettings settings, Effect effect, Optional<Purger> purger, LongSupplier nanoClock) {
        this.purger = purger;
        this.settings = settings;
        this.effect = effect;
        this.nanoClock = nanoClock;
        this.retries = new Retries(settings.retry());
        this.consumer =
                new KafkaConsumer<>(properties(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.deadLetters = settings.deadLetterTopic().map(topic -> new DeadLetterSender(topic, settings.kafka()));
        this.thread = new Thread(this::run, "outbox-consumer-" + settings.group());
    }

    private static Map<String, Object> properties(ConsumerSettings settings) {
        Map<String, Object> properties = new TreeMap<>();
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        properties.putAll(settings.kafka());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return properties;
    }

    public void start() {
        purger.ifPresent(Purger::start);
        thread.start();
    }

    public ConsumerStatus status() {
        return status;
    }

    /** Lets the effect in hand finish, commits its offset, leaves the group. */
    @Override
    public void close() throws IOException {
        closing = true;
        purger.ifPresent(Purger::close);
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
        } else {
            consumer.wakeup();
        }
        try {
            thread.join(CLOSE_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing consumer " + settings.group(), e);
        }
        if (thread.isAlive()) {
            throw new IOException("consumer " + settings.group() + " did not stop within " + CLOSE_MAX
                    + ": its effect is still running");
        }
        deadLetters.ifPresent(DeadLetterSender::close);
    }

    private void run() {
        try (consumer) {
            status = status.running(true);
            consumer.subscribe(settings.topics(), new ForgetOnRebalance());
            while (!closing) {
                turn();
            }
        } catch (RuntimeException e) {
            LOG.error("consumer {} stops", settings.group(), e);
            status = status.withProblem(e.toString());
        } finally {
            status = status.running(false);
        }
    }

    /** The loop's boundary towards Kafka: what passes by itself is noted and tried again. */
    private void turn() {
        try {
            consumer.resume(retries.due(nanoClock.getAsLong()));
            handle(consumer.poll(pollTime()));
        } catch (WakeupException e) {
            LOG.debug("consumer {} was woken", settings.group(), e);
        } catch (RetriableException | org.apache.kafka.clients.consumer.CommitFailedException e) {
            LOG.warn("consumer {}: {}; its events come again", settings.group(), e.toString());
            status = status.withProblem(e.toString());
        }
    }

    private Duration pollTime() {
        Duration next = retries.untilNext(nanoClock.getAsLong()).orElse(POLL_MAX);
        return next.compareTo(POLL_MAX) < 0 ? next : POLL_MAX;
    }

    private void handle(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> done = new TreeMap<>(
                java.util.Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        for (TopicPartition partition : records.partitions()) {
            long next = handle(partition, records.records(partition));
            if (next >= 0) {
                done.put(partition, new OffsetAndMetadata(next));
            }
        }
        if (!done.isEmpty()) {
            commit(done);
        }
    }

    /** Works through one partition, and tells the offset to commit: -1 if nothing was done. */
    private long handle(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        long next = -1;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (closing) {
                break;
            }
            if (!settled(partition, record)) {
                consumer.seek(partition, record.offset());
                consumer.pause(List.of(partition));
                break;
            }
            next = record.offset() + 1;
        }
        return next;
    }

    private boolean settled(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        String reason;
        try {
            if (effect.apply(ConsumedEvent.of(record)) == Effect.Handling.DONE) {
                retries.succeeded(partition);
                status = status.afterEffect(retries.size());
                return true;
            }
            reason = "the effect asked for a later attempt";
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            reason = e.toString();
        }
        return givenUp(partition, record, reason);
    }

    private boolean givenUp(TopicPartition partition, ConsumerRecord<byte[], byte[]> record, String reason) {
        int failures = retries.failed(partition, record.offset(), nanoClock.getAsLong());
        String problem = partition + "@" + record.offset() + " failed " + failures + " times: " + reason;
        LOG.warn("consumer {}: {}", settings.group(), problem);
        boolean dead = retries.isExhausted(failures) && sentToDeadLetters(record, failures, reason);
        if (dead) {
            retries.succeeded(partition);
        }
        status = status.afterFailure(dead, retries.size(), problem);
        return dead;
    }

    private boolean sentToDeadLetters(ConsumerRecord<byte[], byte[]> record, int failures, String reason) {
        if (deadLetters.isEmpty()) {
            return false;
        }
        try {
            deadLetters.get().send(record, failures, reason);
            return true;
        } catch (IOException e) {
            LOG.warn("consumer {}: the event stays where it is", settings.group(), e);
            return false;
        }
    }

    /** A wake-up may hit the commit instead of the poll; the offsets are known to be done, so it is repeated once. */
    private void commit(Map<TopicPartition, OffsetAndMetadata> done) {
        try {
            consumer.commitSync(done);
        } catch (WakeupException e) {
            LOG.debug("consumer {} was woken while committing", settings.group(), e);
            consumer.commitSync(done);
        }
    }

    /** Another instance may continue a partition, so what is known of its failures ends here. */
    private final class ForgetOnRebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            retries.forget(partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            retries.forget(partitions);
        }
    }
}
