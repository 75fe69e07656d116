package dev.assent.outbox.kafka;

import dev.assent.outbox.policy.LastTransaction;
import dev.assent.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Refuses earlier owners of transactional ids without opening producers for them. Safe for use by many threads. */
final class Fencing implements Closeable {
    private static final int WAIT_MILLIS = (int) KafkaSettings.FENCING_MAX.toMillis();

    private final SharedAdmin client;

    Fencing(KafkaSettings settings) {
        this.client = new SharedAdmin(settings, "fencing");
    }

    /** Begins to fence whoever used {@code transactionalIds} before; the broker does so meanwhile. */
    Begun begin(Collection<String> transactionalIds) throws IOException {
        try {
            return new Begun(client.get()
                    .fenceProducers(transactionalIds, new FenceProducersOptions().timeoutMs(WAIT_MILLIS))
                    .fencedProducers());
        } catch (KafkaException e) {
            throw new IOException("cannot fence " + transactionalIds + ": " + TopicAnswers.reason(e), e);
        }
    }

    /** Fencing under way. */
    static final class Begun {
        private final long untilNanos = Clock.SYSTEM.nanos() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
        private final Map<String, KafkaFuture<Void>> fencings;

        private Begun(Map<String, KafkaFuture<Void>> fencings) {
            this.fencings = fencings;
        }

        /**
         * Waits for its end.
         *
         * @return ids that were not fenced in time, whatever kept the broker from it: see {@link #requireEnding}
         * @throws IOException if the broker refuses
         */
        SortedSet<String> await() throws IOException {
            SortedSet<String> unfenced = new TreeSet<>();
            for (Map.Entry<String, KafkaFuture<Void>> one : fencings.entrySet()) {
                if (!isFenced(one.getKey(), one.getValue(), untilNanos - Clock.SYSTEM.nanos())) {
                    unfenced.add(one.getKey());
                }
            }
            return unfenced;
        }
    }

    /**
     * Returns if the broker says of each of {@code transactionalIds} that it is ending the id's last transaction, see {@link
     * LastTransaction}. That it did not fence them in time is no sign of it, for it may have been away.
     *
     * @return the topics that each still waits for
     * @throws IOException if it says something else of one, or nothing: an earlier owner may still publish
     */
    SortedMap<String, SortedSet<String>> requireEnding(Collection<String> transactionalIds) throws IOException {
        SortedMap<String, SortedSet<String>> ending = new TreeMap<>();
        if (transactionalIds.isEmpty()) {
            return ending;
        }
        DescribeTransactionsResult told;
        try {
            told = client.get()
                    .describeTransactions(transactionalIds, new DescribeTransactionsOptions().timeoutMs(WAIT_MILLIS));
        } catch (KafkaException e) {
            throw new IOException("cannot ask for " + transactionalIds + ": " + TopicAnswers.reason(e), e);
        }
        long untilNanos = Clock.SYSTEM.nanos() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
        for (String one : transactionalIds) {
            TransactionDescription last = described(one, told.description(one), untilNanos - Clock.SYSTEM.nanos());
            if (!lastTransaction(last.state()).mayBePassedOver()) {
                throw new IOException(unfenced(one) + "its last transaction is in state " + last.state());
            }
            SortedSet<String> topics = new TreeSet<>();
            last.topicPartitions().forEach(partition -> topics.add(partition.topic()));
            ending.put(one, topics);
        }
        return ending;
    }

    private static LastTransaction lastTransaction(TransactionState state) {
        return switch (state) {
            case ONGOING -> LastTransaction.OPEN;
            case PREPARE_COMMIT, PREPARE_ABORT, PREPARE_EPOCH_FENCE -> LastTransaction.ENDING;
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT, UNKNOWN -> LastTransaction.OTHER;
        };
    }

    private static TransactionDescription described(
            String transactionalId, KafkaFuture<TransactionDescription> told, long nanos) throws IOException {
        try {
            return told.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IOException(unfenced(transactionalId) + "the broker does not tell its state", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking for " + transactionalId, e);
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            throw new IOException(unfenced(transactionalId) + TopicAnswers.reason(cause), e);
        }
    }

    private static String unfenced(String transactionalId) {
        return "an earlier owner of " + transactionalId + " is not fenced in time, and could still publish: ";
    }

    private static boolean isFenced(String transactionalId, KafkaFuture<Void> fencing, long nanos) throws IOException {
        try {
            fencing.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while fencing " + transactionalId, e);
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            if (cause instanceof RetriableException) {
                return false;
            }
            String remedy = cause instanceof TransactionalIdAuthorizationException
                    ? ": allow the relay's user WRITE and DESCRIBE on every transactional id that begins with the relay's"
                            + " name"
                    : "";
            throw new IOException("cannot fence " + transactionalId + ": " + TopicAnswers.reason(cause) + remedy, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
