package dev.assent.outbox.kafka;

import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.policy.ProducerCosts;
import dev.assent.time.Backoff;
import dev.assent.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers of one shard: one that the shard's own thread publishes through, and a few beside it, on threads of their own.
 * A producer that is lost is opened anew behind, and whichever is free takes its place. Invariant: what is published through
 * a producer was read after the producer was opened, and all are fenced before a shard's first read; so what an earlier owner has
 * read can be published by none of its producers. Used by the shard's thread; what runs beside it says so.
 */
final class ShardProducers implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardProducers.class);
    private static final Duration REOPEN_FIRST = Duration.ofMillis(200);
    private static final Duration REOPEN_LONGEST = Duration.ofSeconds(1);
    private static final Duration THREAD_IDLE_MAX = Duration.ofSeconds(10);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final List<TransactionalProducer> all = new ArrayList<>();
    private final ThreadPoolExecutor threads;
    private final Object lock = new Object();
    /** Open, and not in use. Guarded by {@link #lock}. */
    private final Deque<TransactionalProducer> ready = new ArrayDeque<>();
    /** Fenced, and never opened. Guarded by {@link #lock}. */
    private final Deque<TransactionalProducer> idle = new ArrayDeque<>();
    /** Lost to somebody who may be the owner by now. Guarded by {@link #lock}. */
    private final Set<TransactionalProducer> fenced = new HashSet<>();
    /** Guarded by {@link #lock}. */
    private final ProducerCosts costs = new ProducerCosts();
    /** Guarded by {@link #lock}. */
    private boolean closing;

    private final Diagnosis diagnosis;
    private final Findings findings;

    private TransactionalProducer main;

    /** Told, on threads beside the shard's, what was found out about topics that records were not acknowledged of. */
    interface Findings {
        /** No record was sent to them. */
        void unbegun(SortedSet<String> topics);

        /** They have replicated records, if too late. */
        void replicated(SortedSet<String> topics);
    }

    private ShardProducers(KafkaSettings settings, ShardId shard, Diagnosis diagnosis, Findings findings) {
        this.diagnosis = diagnosis;
        this.findings = findings;
        String name = settings.relay() + "-shard-" + shard;
        this.main = new TransactionalProducer(name, settings);
        all.add(main);
        for (int side = 1; side <= KafkaSettings.SIDE_PRODUCERS; side++) {
            all.add(new TransactionalProducer(name + "-side-" + side, settings));
        }
        AtomicInteger numbers = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0,
                2 * all.size(),
                THREAD_IDLE_MAX.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, "outbox-" + name + "-side-" + numbers.incrementAndGet()));
    }

    /**
     * Fences every earlier owner of the shard, and opens one producer. An id is passed over only where the broker says that it
     * is ending the id's last transaction, never because nothing was heard.
     *
     * @throws IOException if the broker does not allow it in time; to be tried again
     */
    static ShardProducers open(
            KafkaSettings settings, ShardId shard, Fencing fencing, Diagnosis diagnosis, Findings findings)
            throws IOException {
        ShardProducers producers = new ShardProducers(settings, shard, diagnosis, findings);
        boolean ready = false;
        try {
            List<TransactionalProducer> sides = producers.all.subList(1, producers.all.size());
            Fencing.Begun begun = fencing.begin(
                    sides.stream().map(TransactionalProducer::toString).toList());
            Optional<IOException> failure = producers.openFirst();
            SortedSet<String> unfenced = begun.await();
            failure.ifPresent(unopened -> unfenced.add(producers.main.toString()));
            SortedMap<String, SortedSet<String>> ending;
            try {
                ending = fencing.requireEnding(unfenced);
            } catch (IOException e) {
                failure.ifPresent(e::addSuppressed);
                throw e;
            }
            producers.fenced(sides, ending);
            if (failure.isPresent()) {
                LOG.warn(
                        "{}; another transactional id is used meanwhile",
                        failure.get().getMessage());
                producers.anotherMain();
            }
            ready = true;
            return producers;
        } finally {
            if (!ready) {
                producers.close();
            }
        }
    }

    private void fenced(List<TransactionalProducer> sides, SortedMap<String, SortedSet<String>> ending) {
        synchronized (lock) {
            ending.forEach(costs::lost);
        }
        for (TransactionalProducer side : sides) {
            if (ending.containsKey(side.toString())) {
                reopen(side);
            } else {
                synchronized (lock) {
                    idle.add(side);
                }
            }
        }
    }

    private Optional<IOException> openFirst() {
        try {
            main.open();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /** Those that could not be fenced in time are opened behind; one of them will do. */
    private void awaitAnother() {
        long untilNanos = Clock.SYSTEM.nanos() + KafkaSettings.FENCING_MAX.toNanos();
        synchronized (lock) {
            try {
                for (long left = KafkaSettings.FENCING_MAX.toMillis();
                        left > 0 && ready.isEmpty() && idle.isEmpty(); ) {
                    lock.wait(left);
                    left = Duration.ofNanos(untilNanos - Clock.SYSTEM.nanos()).toMillis();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The producer of the shard's own thread; it is open. */
    TransactionalProducer main() {
        return main;
    }

    /**
     * Has another producer take the place of the lost one.
     *
     * @throws IOException if there is none that can be opened
     */
    void replaceMain() throws IOException {
        noteIfLost(main);
        anotherMain();
    }

    private void anotherMain() throws IOException {
        TransactionalProducer lost = main;
        reopen(lost);
        awaitAnother();
        main = take(ready)
                .or(() -> take(idle))
                .orElseThrow(() -> new IOException("the broker does not end the transactions of " + all
                        + ": topics that they published to take no records, not even the marks that end them"));
        if (!main.isOpen()) {
            main.open();
        }
        LOG.info("{} goes on as {}, until the broker has ended its last transaction", lost, main);
    }

    /** To be called before anybody hears of what came of the work on {@code producer}. */
    void noteIfLost(TransactionalProducer producer) {
        if (!producer.isOpen()) {
            synchronized (lock) {
                costs.lost(
                        producer.toString(),
                        producer.loss()
                                .map(TransactionalProducer.Loss::suspects)
                                .orElseGet(TreeSet::new));
            }
        }
    }

    /** Whether {@code topic} may be given a producer that it could cost: not while one is lost to it. */
    boolean mayCost(String topic) {
        synchronized (lock) {
            return costs.mayCost(topic);
        }
    }

    /** These have acknowledged records. */
    void areWell(Collection<String> topics) {
        synchronized (lock) {
            costs.areWell(topics);
        }
    }

    /**
     * Whether {@link #beside} has a producer; if not, one is opened, where there is any. The last one is kept for the shard's
     * own thread, in case it loses its producer.
     */
    boolean isAnyReady() {
        synchronized (lock) {
            if (ready.size() + idle.size() <= 1) {
                return false;
            }
            if (!ready.isEmpty()) {
                return true;
            }
        }
        take(idle).ifPresent(this::reopen);
        return false;
    }

    private Optional<TransactionalProducer> take(Deque<TransactionalProducer> producers) {
        synchronized (lock) {
            return Optional.ofNullable(producers.poll());
        }
    }

    /** Work for an open producer, on a thread of its own. False if there is none. */
    boolean beside(Consumer<TransactionalProducer> work) {
        Optional<TransactionalProducer> taken = take(ready);
        taken.ifPresent(producer -> threads.execute(() -> {
            try {
                work.accept(producer);
            } finally {
                giveBack(producer);
            }
        }));
        return taken.isPresent();
    }

    /** On a thread beside the shard's. */
    private void giveBack(TransactionalProducer producer) {
        if (producer.isOpen()) {
            synchronized (lock) {
                costs.isBack(producer.toString());
                ready.add(producer);
                lock.notifyAll();
            }
        } else if (producer.isFenced()) {
            synchronized (lock) {
                fenced.add(producer);
            }
        } else {
            keepOpening(producer);
        }
    }

    /**
     * Producers beside that were refused. To open one would refuse whoever has it now: not before the database has been asked
     * whose the shard is, see {@link #goOnWith}.
     */
    Set<TransactionalProducer> fenced() {
        synchronized (lock) {
            return Set.copyOf(fenced);
        }
    }

    /** The database has said, since these were {@link #fenced}, that the shard is still this owner's. */
    void goOnWith(Set<TransactionalProducer> producers) {
        synchronized (lock) {
            fenced.removeAll(producers);
        }
        producers.forEach(this::reopen);
    }

    private void reopen(TransactionalProducer producer) {
        threads.execute(() -> keepOpening(producer));
    }

    /** Until it is open: then whatever it left behind has ended. */
    private void keepOpening(TransactionalProducer producer) {
        Map<TopicPartition, Long> stuck = new HashMap<>();
        boolean isFaultTold = false;
        for (int tried = 1; !producer.isOpen() && !isClosing(); tried++) {
            try {
                if (tried == 1) {
                    stuck.putAll(diagnosed(producer));
                } else {
                    goOn(stuck);
                }
                producer.open();
            } catch (IOException e) {
                LOG.debug("{} is tried again", producer, e);
                pause(Backoff.of(REOPEN_FIRST, REOPEN_LONGEST).pause(tried));
            } catch (RuntimeException e) {
                // Whatever it was, the shard must not be short of this producer for good.
                if (!isFaultTold && !isClosing()) {
                    isFaultTold = true;
                    LOG.error("{} fails in a way that it must not; it is tried again", producer, e);
                }
                pause(Backoff.of(REOPEN_FIRST, REOPEN_LONGEST).pause(tried));
            }
        }
        if (isClosing()) {
            producer.close();
        } else {
            giveBack(producer);
        }
    }

    /** Has to come before the producer is opened again, for that aborts its transaction. */
    private Map<TopicPartition, Long> diagnosed(TransactionalProducer producer) {
        if (producer.isOpen() || producer.loss().isEmpty() || isClosing()) {
            return new HashMap<>();
        }
        try {
            Diagnosis.Finding found =
                    diagnosis.of(producer.toString(), producer.loss().get());
            synchronized (lock) {
                costs.isNotDueTo(producer.toString(), found.unbegun());
                costs.isNotDueTo(producer.toString(), found.replicated());
                costs.isDueTo(producer.toString(), found.stuckTopics());
            }
            tell(producer, found);
            return new HashMap<>(found.stuck());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new HashMap<>();
        }
    }

    private void tell(TransactionalProducer producer, Diagnosis.Finding found) {
        if (!found.waiting().isEmpty()) {
            LOG.warn("{} waits until the broker has ended its last transaction in {}", producer, found.waiting());
        }
        if (!found.stuck().isEmpty()) {
            LOG.warn(
                    "{} waits until {} replicate records",
                    producer,
                    found.stuck().keySet());
        }
        if (!found.unbegun().isEmpty()) {
            findings.unbegun(found.unbegun());
        }
        if (!found.replicated().isEmpty()) {
            findings.replicated(found.replicated());
        }
    }

    /** Topics that replicate again may be tried, while others still keep the producer. */
    private void goOn(Map<TopicPartition, Long> stuck) {
        try {
            for (TopicPartition one : diagnosis.goOn(stuck)) {
                stuck.remove(one);
                if (stuck.keySet().stream().noneMatch(other -> other.topic().equals(one.topic()))) {
                    areWell(Set.of(one.topic()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        synchronized (lock) {
            return closing;
        }
    }

    private void pause(Duration length) {
        long untilNanos = Clock.SYSTEM.nanos() + length.toNanos();
        synchronized (lock) {
            try {
                for (long left = length.toMillis(); left > 0 && !closing; ) {
                    lock.wait(left);
                    left = Duration.ofNanos(untilNanos - Clock.SYSTEM.nanos()).toMillis();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closing = true;
            }
        }
    }

    /** Gives up what is in flight. */
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        all.forEach(TransactionalProducer::close);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("a thread beside {} still waits for the broker", main);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
