package dev.assent.outbox.kafka;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Refuses earlier owners of transactional ids without opening producers for them. Safe for use by many threads. */
final class Fencing implements Closeable {
    private static final int WAIT_MILLIS = (int) KafkaSettings.FENCING_MAX.toMillis();
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);

    private final KafkaSettings settings;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private Optional<Admin> client = Optional.empty();

    Fencing(KafkaSettings settings) {
        this.settings = settings;
    }

    /** Begins to fence whoever used {@code transactionalIds} before; the broker does so meanwhile. */
    Begun begin(Collection<String> transactionalIds) throws IOException {
        try {
            return new Begun(
                    client().fenceProducers(transactionalIds, new FenceProducersOptions().timeoutMs(WAIT_MILLIS))
                            .fencedProducers());
        } catch (KafkaException e) {
            throw new IOException("cannot fence " + transactionalIds + ": " + TopicJudge.reason(e), e);
        }
    }

    /** Fencing under way. */
    static final class Begun {
        private final long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
        private final Map<String, KafkaFuture<Void>> fencings;

        private Begun(Map<String, KafkaFuture<Void>> fencings) {
            this.fencings = fencings;
        }

        /**
         * Waits for its end.
         *
         * @return ids whose last transaction the broker is still ending: their owner can begin no other before that
         * @throws IOException if the broker refuses
         */
        SortedSet<String> await() throws IOException {
            SortedSet<String> ending = new TreeSet<>();
            for (Map.Entry<String, KafkaFuture<Void>> one : fencings.entrySet()) {
                if (!isFenced(one.getKey(), one.getValue(), untilNanos - System.nanoTime())) {
                    ending.add(one.getKey());
                }
            }
            return ending;
        }
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
            throw new IOException("cannot fence " + transactionalId + ": " + TopicJudge.reason(cause) + remedy, e);
        }
    }

    private Admin client() {
        synchronized (lock) {
            Admin admin = client.orElseGet(() -> Admin.create(settings.admin("fencing")));
            client = Optional.of(admin);
            return admin;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            client.ifPresent(admin -> admin.close(CLOSE_MAX));
            client = Optional.empty();
        }
    }
}
