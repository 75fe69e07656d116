package dev.assent.outbox.relay;

import dev.assent.event.EventSource;
import dev.assent.event.EventStream;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore;
import dev.assent.outbox.spi.Publisher;
import dev.assent.outbox.spi.ShardLeases;
import dev.assent.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance of a relay: works on each shard that it is granted, until the grant ends. Run as many instances as
 * there should be; they share the shards. Started once, closed once; {@link #status} may be called from any thread.
 */
public final class OutboxRelay implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    /** A batch in hand ends within the producer's own limits; what takes longer is interrupted. */
    private static final Duration FINISH_MAX = Duration.ofSeconds(12);

    private static final Duration INTERRUPTED_MAX = Duration.ofSeconds(5);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    /** A worker that takes longer over one step hangs somewhere without a limit. */
    private static final Duration STUCK_MAX = Duration.ofSeconds(60);

    private final RelaySettings settings;
    private final OutboxStore store;
    private final Publisher publisher;
    private final ShardLeases leases;
    private final Map<ShardLease, Running> running = new ConcurrentHashMap<>();
    private final Notices notices;
    private final EventStream events = new EventStream(Clock.SYSTEM);
    private final ScheduledExecutorService watch;
    private volatile boolean closing;

    private record Running(ShardWorker worker, Thread thread) {}

    /** Over parts of its own: the leases and the publisher are closed with it. */
    public OutboxRelay(RelaySettings settings, OutboxStore store, Publisher publisher, ShardLeases leases) {
        this.settings = settings;
        this.store = store;
        this.publisher = publisher;
        this.leases = leases;
        this.notices = new Notices(settings.relay(), Clock.SYSTEM::nanos);
        this.watch =
                new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "outbox-" + settings.relay() + "-watch"));
    }

    /**
     * Joins the relay; shards follow as they are granted.
     *
     * @return how many shards the outbox has
     * @throws IOException if the database or the ensemble does not answer
     */
    public int start() throws IOException {
        int shards = store.shards();
        leases.start(shards, new Grants());
        long everyMillis = WATCH_EVERY.toMillis();
        ScheduledFuture<?> unused =
                watch.scheduleWithFixedDelay(this::look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
        return shards;
    }

    /** What happens to the rows of its shards. */
    public EventSource events() {
        return events;
    }

    public RelayStatus status() {
        List<ShardStatus> shards = new ArrayList<>();
        running.values().forEach(one -> shards.add(one.worker().status()));
        shards.sort(Comparator.comparing(shard -> shard.lease().shard()));
        return new RelayStatus(settings.relay(), settings.instance(), shards);
    }

    /** Finishes the batches in hand, gives the shards back, leaves the relay. */
    @Override
    public void close() throws IOException {
        closing = true;
        List<Running> last = List.copyOf(running.values());
        last.forEach(one -> one.worker().stop());
        try {
            join(last, FINISH_MAX);
            last.forEach(one -> one.thread().interrupt());
            join(last, INTERRUPTED_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing relay " + settings.relay(), e);
        } finally {
            watch.shutdownNow();
            try (publisher;
                    leases) {
                LOG.debug("relay {} instance {} leaves", settings.relay(), settings.instance());
            }
            // A grant may have crossed the first round of stops.
            running.values().forEach(one -> one.worker().stop());
        }
    }

    private static void join(List<Running> workers, Duration longest) throws InterruptedException {
        long untilNanos = Clock.SYSTEM.nanos() + longest.toNanos();
        for (Running one : workers) {
            long leftMillis = Math.max(
                    1, Duration.ofNanos(untilNanos - Clock.SYSTEM.nanos()).toMillis());
            one.thread().join(leftMillis);
        }
    }

    /** The boundary of the watch's thread. */
    private void look() {
        try {
            notices.tellKeptBack();
            running.forEach(this::look);
        } catch (RuntimeException e) {
            LOG.error("relay {} could not look after its workers", settings.relay(), e);
        }
    }

    /** Everything a worker does has a limit, but it connects to the database as the data source pleases. */
    private void look(ShardLease lease, Running one) {
        Duration stuck = one.worker().sinceLastStep();
        if (stuck.compareTo(STUCK_MAX) < 0 || !leases.offer(lease)) {
            return;
        }
        LOG.error(
                "{} is given up: its thread has waited for {} s. Give the data source time-outs for connecting and reading",
                lease,
                stuck.toSeconds());
        one.worker().stop();
        one.thread().interrupt();
        running.remove(lease);
        leases.relinquish(lease, lease.epoch());
    }

    /** What the workers may ask. */
    private final class Around implements ShardWorker.Surroundings {
        @Override
        public boolean offer(ShardLease lease) {
            return leases.offer(lease);
        }

        /** One that was interrupted gives its lease back all the same. */
        @Override
        public void ended(ShardLease lease, ShardEpoch seen) {
            boolean wasInterrupted = Thread.interrupted();
            running.remove(lease);
            leases.relinquish(lease, seen);
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Starts and stops workers as leases come and go. */
    private final class Grants implements ShardLeases.Listener {
        @Override
        public void granted(ShardLease lease) {
            if (closing) {
                return;
            }
            LOG.info("relay {} instance {} is granted {}", settings.relay(), settings.instance(), lease);
            ShardWorker worker = new ShardWorker(
                    lease,
                    store,
                    publisher,
                    settings,
                    new Around(),
                    new ShardWorker.Telling(notices, events),
                    Clock.SYSTEM::nanos);
            Thread thread = new Thread(worker, "outbox-" + settings.relay() + "-shard-" + lease.shard());
            running.put(lease, new Running(worker, thread));
            thread.start();
        }

        @Override
        public void revoked(ShardLease lease, ShardLeases.Revocation why) {
            Running one = running.get(lease);
            if (one == null) {
                return;
            }
            one.worker().stop();
            if (why == ShardLeases.Revocation.LOST) {
                one.thread().interrupt();
            }
        }
    }
}
