package dev.assent.outbox.kafka;

import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.PublishOutcome.Fenced;
import dev.assent.outbox.model.PublishOutcome.Published;
import dev.assent.outbox.model.PublishOutcome.TopicsClosed;
import dev.assent.outbox.model.PublishOutcome.Unavailable;
import dev.assent.outbox.policy.GuardedCommit;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transactional id of a shard, with Kafka's producer for it. A transaction that does not come to an end costs this producer only: the
 * broker refuses the id until it has marked every partition of that transaction, which it cannot do in a topic that takes
 * no records. Such a producer is lost until it can be opened anew. Used by one thread at a time, but closed by any.
 */
final class TransactionalProducer {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionalProducer.class);

    private final String transactionalId;
    private final KafkaSettings settings;
    private volatile Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();
    /** Of the last transaction that was committed, which the broker may not have marked in all of them. */
    private SortedSet<String> committed = new TreeSet<>();

    private volatile Optional<Loss> loss = Optional.empty();
    private volatile boolean isFenced;

    TransactionalProducer(String transactionalId, KafkaSettings settings) {
        this.transactionalId = transactionalId;
        this.settings = settings;
    }

    /**
     * The transaction that was left when the producer was lost.
     *
     * @param sent the topics of its records
     * @param suspects topics that may have kept it from its end
     * @param hasBegun whether it has for sure: records of it were acknowledged
     */
    record Loss(SortedSet<String> sent, SortedSet<String> suspects, boolean hasBegun) {}

    /** How long the records of a transaction may be on their way. */
    interface Patience {
        /** Waits until all are answered, or it is over. */
        boolean await(Sent sent) throws InterruptedException;

        /** Whether the broker is known to have been there meanwhile, so that the fault is the topics'. */
        boolean isBrokerThere();
    }

    boolean isOpen() {
        return producer.isPresent();
    }

    /**
     * Fences whoever used the id before, and ends what that left open.
     *
     * @throws IOException if the broker does not do so in time; to be tried again
     */
    void open() throws IOException {
        KafkaProducer<byte[], byte[]> opened = null;
        boolean ready = false;
        try {
            opened = new KafkaProducer<>(
                    settings.producer(transactionalId), new ByteArraySerializer(), new ByteArraySerializer());
            initialize(opened);
            loss = Optional.empty();
            isFenced = false;
            producer = Optional.of(opened);
            ready = true;
        } catch (KafkaException e) {
            throw new IOException(
                    "cannot open producer " + transactionalId + " at " + settings.bootstrapServers() + ": " + reason(e),
                    e);
        } finally {
            if (opened != null && !ready) {
                end(opened);
            }
        }
    }

    private static void initialize(KafkaProducer<byte[], byte[]> opened) {
        for (int tried = 1; ; tried++) {
            try {
                opened.initTransactions();
                return;
            } catch (TimeoutException e) {
                if (tried == KafkaSettings.OPEN_TRIES_MAX) {
                    throw e;
                }
            }
        }
    }

    /** In one transaction: all of them or none. The producer may be lost afterwards. */
    PublishOutcome publish(
            List<Long> seqs,
            List<ProducerRecord<byte[], byte[]>> records,
            Patience patience,
            OwnershipCheck ownership) {
        Sent sent = new Sent();
        PublishOutcome outcome = new GuardedCommit<>(
                        new Transaction(producer.orElseThrow(), sent, seqs, records, patience, ownership))
                .run();
        if (outcome instanceof Published) {
            committed = sent.topics();
        } else if (!isOpen()) {
            isFenced = outcome instanceof Fenced;
            loss = Optional.of(new Loss(sent.topics(), suspects(sent), sent.isAnyAcknowledged()));
        }
        return outcome;
    }

    /** Where nothing was acknowledged, it may be that the transaction before has not come to its end. */
    private SortedSet<String> suspects(Sent sent) {
        SortedSet<String> unsure = sent.unsure();
        SortedSet<String> topics = unsure.isEmpty() ? sent.topics() : unsure;
        if (!sent.isAnyAcknowledged()) {
            topics.addAll(committed);
        }
        return topics;
    }

    /** Whether this producer was lost to somebody who may be the shard's owner by now. */
    boolean isFenced() {
        return isFenced;
    }

    /** How this producer was lost, if it was. */
    Optional<Loss> loss() {
        return loss;
    }

    /** What the steps of a transaction are here. */
    private final class Transaction implements GuardedCommit.Steps<PublishOutcome> {
        private final KafkaProducer<byte[], byte[]> open;
        private final Sent sent;
        private final List<Long> seqs;
        private final List<ProducerRecord<byte[], byte[]>> records;
        private final Patience patience;
        private final OwnershipCheck ownership;
        private final long begunNanos = Clock.SYSTEM.nanos();

        Transaction(
                KafkaProducer<byte[], byte[]> open,
                Sent sent,
                List<Long> seqs,
                List<ProducerRecord<byte[], byte[]>> records,
                Patience patience,
                OwnershipCheck ownership) {
            this.open = open;
            this.sent = sent;
            this.seqs = seqs;
            this.records = records;
            this.patience = patience;
            this.ownership = ownership;
        }

        @Override
        public Optional<PublishOutcome> send() {
            try {
                return sendAll();
            } catch (InterruptException e) {
                Thread.currentThread().interrupt();
                return Optional.of(new Unavailable("interrupted while publishing"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of(new Unavailable("interrupted while waiting for the broker"));
            } catch (KafkaException | IllegalStateException e) {
                return Optional.of(unlessOverdue(explain(open, sent, e, patience)));
            }
        }

        private Optional<PublishOutcome> sendAll() throws InterruptedException {
            open.beginTransaction();
            for (int i = 0; i < records.size(); i++) {
                ProducerRecord<byte[], byte[]> record = records.get(i);
                sent.add(seqs.get(i), record.topic(), open.send(record));
                // A send may wait for what the client knows of a topic; the rest must not wait as well, one by one.
                Optional<Throwable> failure = sent.lastFailure();
                if (failure.isPresent()) {
                    return Optional.of(unlessOverdue(explain(open, sent, failure.get(), patience)));
                }
            }
            if (!patience.await(sent) || sent.isAnyExpired()) {
                return Optional.of(leave(sent, patience));
            }
            return sent.firstFailure().map(failure -> unlessOverdue(explain(open, sent, failure, patience)));
        }

        /** A transaction that must not commit is left as it is: whoever opens the producer next has it aborted. */
        @Override
        public Optional<PublishOutcome> checkOwnership() {
            try {
                return switch (ownership.check()) {
                    case KEPT -> Optional.empty();
                    case LOST -> {
                        close();
                        yield Optional.of(new Fenced("another owner has claimed the shard in the database"));
                    }
                };
            } catch (IOException e) {
                close();
                return Optional.of(new Unavailable("the database does not say whose the shard is: " + e.getMessage()));
            }
        }

        @Override
        public PublishOutcome commit() {
            try {
                return TransactionalProducer.this.commit(open);
            } catch (InterruptException e) {
                Thread.currentThread().interrupt();
                return new Unavailable("interrupted while committing");
            } catch (KafkaException | IllegalStateException e) {
                return unlessOverdue(explain(open, sent, e, patience));
            }
        }

        /** What the broker says of a transaction that it has ended for its age is no sign of a rival, nor of a fault. */
        private PublishOutcome unlessOverdue(PublishOutcome outcome) {
            if (Clock.SYSTEM.nanos() - begunNanos < KafkaSettings.TRANSACTION_MAX.toNanos()) {
                return outcome;
            }
            if (outcome instanceof Fenced fenced) {
                return overdue(fenced.reason());
            }
            return outcome instanceof Unavailable unavailable ? overdue(unavailable.reason()) : outcome;
        }

        private PublishOutcome overdue(String reason) {
            return new Unavailable("the transaction took longer than " + KafkaSettings.TRANSACTION_MAX
                    + ", and the broker may have ended it: " + reason);
        }
    }

    private PublishOutcome commit(KafkaProducer<byte[], byte[]> open) {
        for (int tried = 1; ; tried++) {
            try {
                open.commitTransaction();
                return new Published();
            } catch (TimeoutException e) {
                if (tried == KafkaSettings.COMMIT_TRIES_MAX) {
                    close();
                    return new Unavailable("the broker did not say how the commit ended: " + e.getMessage());
                }
                LOG.info("a commit takes longer than {}; it is repeated", KafkaSettings.BLOCK_MAX, e);
            }
        }
    }

    /**
     * Aborting would wait for what is under way; and where the client has given a record up, the broker confirms at once
     * what it cannot carry out, so that the producer would look open while its next transaction waits for the marks of this
     * one. So the transaction is left as it is: it never commits, for nobody asks for it, and the broker ends it as soon as
     * the producer is opened again.
     */
    private PublishOutcome leave(Sent sent, Patience patience) {
        SortedSet<String> silent = sent.unacknowledged();
        close();
        return patience.isBrokerThere() && !silent.isEmpty()
                ? new TopicsClosed(silent, "its records were not acknowledged in time")
                : new Unavailable("the broker does not acknowledge records");
    }

    /** Finds out whose fault a failed transaction was, and aborts it. */
    private PublishOutcome explain(
            KafkaProducer<byte[], byte[]> open, Sent sent, Throwable failure, Patience patience) {
        Optional<String> fenced = Refusals.fencing(failure);
        if (fenced.isPresent()) {
            close();
            return new Fenced(fenced.get());
        }
        PublishOutcome unexplained =
                new Unavailable(failure + (failure.getCause() == null ? "" : ": " + failure.getCause()));
        try {
            open.abortTransaction();
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            return new Unavailable("interrupted while aborting");
        } catch (KafkaException | IllegalStateException e) {
            close();
            Optional<String> fencedNow = Refusals.fencing(e);
            if (fencedNow.isPresent()) {
                return new Fenced(fencedNow.get());
            }
            return patience.isBrokerThere()
                    ? sent.blame().orElse(unexplained)
                    : new Unavailable("cannot abort after " + failure + ": " + e.getMessage());
        }
        // The broker has answered the abort, so it is there: what was not answered are topics.
        return sent.blame().orElse(unexplained);
    }

    /** Gives up what is in flight and returns soon. */
    void close() {
        Optional<KafkaProducer<byte[], byte[]>> open = producer;
        producer = Optional.empty();
        open.ifPresent(TransactionalProducer::end);
    }

    private static void end(KafkaProducer<byte[], byte[]> one) {
        try {
            one.close(Duration.ZERO);
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return transactionalId;
    }

    private static String reason(KafkaException e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + e.getCause() + ")";
    }
}
