package dev.assent.outbox.relay;

import dev.assent.event.EventStream;
import dev.assent.event.OutboxEvent;
import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.policy.Throttle;
import dev.assent.outbox.spi.OutboxStore;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.spi.Publisher;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one shard under one lease, from takeover to the end of the lease, on one thread. After any failure whose
 * outcome is open it goes through the takeover again, which tells whether it still owns the shard. One that has failed
 * for long offers the shard to the other instances.
 */
final class ShardWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardWorker.class);
    private static final Duration REOPEN_FIRST = Duration.ofMillis(100);
    private static final Duration REOPEN_LONGEST = Duration.ofSeconds(2);
    /** One that is fenced more often within the span, and still owns its shard, has a rival that is no relay of its own. */
    private static final int FENCED_MAX = 5;

    private static final Duration FENCED_SPAN = Duration.ofMinutes(1);
    /** A shard that stays stalled, or goes on holding keys, is told of again after this time. */
    private static final Duration STILL_STALLED = Duration.ofMinutes(1);

    private final ShardLease lease;
    private final OutboxStore store;
    private final Publisher publisher;
    private final RelaySettings settings;
    private final Surroundings surroundings;
    private final Notices notices;
    private final ShardNews news;
    private final LongSupplier nanoClock;
    private final StopSignal stop = new StopSignal();
    private volatile ShardStatus status;
    private volatile long lastStepNanos;
    private ShardEpoch newestEpoch;
    private int failuresInRow;
    private final Throttle fencings = new Throttle(FENCED_MAX, FENCED_SPAN);
    private Optional<Long> stalledSinceNanos = Optional.empty();
    private long toldStalledNanos;
    private long toldHoldingNanos;

    /** Who is told: an operator by lines, and who listens to events. */
    record Telling(Notices notices, EventStream events) {}

    /** The relay, as its workers see it. */
    interface Surroundings {
        /** Asks whether another instance may take the shard; if so, this one must let it go. */
        boolean offer(ShardLease lease);

        /** The last word of a worker, with the largest epoch of the shard that it knows of. */
        void ended(ShardLease lease, ShardEpoch seen);
    }

    ShardWorker(
            ShardLease lease,
            OutboxStore store,
            Publisher publisher,
            RelaySettings settings,
            Surroundings surroundings,
            Telling telling,
            LongSupplier nanoClock) {
        this.lease = lease;
        this.store = store;
        this.publisher = publisher;
        this.settings = settings;
        this.surroundings = surroundings;
        this.notices = telling.notices();
        this.news = new ShardNews(telling.events(), settings.relay(), lease);
        this.nanoClock = nanoClock;
        this.status = ShardStatus.begin(lease);
        this.newestEpoch = lease.epoch();
        this.lastStepNanos = nanoClock.getAsLong();
    }

    ShardStatus status() {
        return status;
    }

    /** How long the worker has been at what it is doing. */
    Duration sinceLastStep() {
        return Duration.ofNanos(nanoClock.getAsLong() - lastStepNanos);
    }

    /** Finish the batch in hand, then end. */
    void stop() {
        stop.stop();
    }

    /** The boundary of the worker's thread. */
    @Override
    public void run() {
        try {
            Next next = Next.TAKE_OVER_AGAIN;
            while (next != Next.LEAVE && !stop.isStopped()) {
                next = takeOverAndServe();
                step();
                next = switch (next) {
                    case TAKE_OVER_AGAIN -> waitOrGiveUp();
                    case CLAIM_AGAIN -> waitOrYield();
                    case READ, LEAVE -> next;
                };
            }
        } catch (RuntimeException e) {
            LOG.error("{} ends by a fault of its own", lease, e);
            status = status.withProblem(e.toString());
        } finally {
            status = status.in(ShardState.ENDED);
            news.given();
            surroundings.ended(lease, newestEpoch);
        }
    }

    private void step() {
        lastStepNanos = nanoClock.getAsLong();
    }

    private Next takeOverAndServe() {
        status = status.in(ShardState.TAKING_OVER);
        try {
            Optional<ShardOutbox> claimed = store.claim(lease);
            step();
            if (claimed.isEmpty()) {
                newestEpoch = store.epochOf(lease.shard());
                LOG.warn("{} is refused: the database has seen epoch {}", lease, newestEpoch);
                return Next.LEAVE;
            }
            try (ShardOutbox outbox = claimed.get();
                    ShardPublisher producer = publisher.open(lease, outbox::check)) {
                step();
                LOG.info("{} is served", lease);
                status = status.in(ShardState.SERVING);
                news.taken();
                return new ShardService(lease, outbox, producer, settings, new Reporter(), nanoClock).serve(stop);
            }
        } catch (IOException e) {
            status = status.withProblem(String.valueOf(e.getMessage()));
            return Next.TAKE_OVER_AGAIN;
        }
    }

    /** An older owner that comes late fences this one once; the next claim tells if it is a newer one. */
    private Next waitOrYield() {
        if (fencings.tell(nanoClock.getAsLong()).isPresent()) {
            return waitOrGiveUp();
        }
        notices.isYielded(lease, FENCED_MAX, FENCED_SPAN);
        // A rival is most likely still there, and the lease is granted again at once.
        stop.await(REOPEN_LONGEST);
        return Next.LEAVE;
    }

    private Next waitOrGiveUp() {
        long now = nanoClock.getAsLong();
        String problem = status.lastProblem().orElse("no reason is known");
        failuresInRow++;
        if (stalledSinceNanos.isEmpty()) {
            stalledSinceNanos = Optional.of(now);
            toldStalledNanos = now;
            notices.stalls(lease, problem);
            news.stalled(problem);
        }
        Duration stalled = Duration.ofNanos(now - stalledSinceNanos.get());
        if (stalled.compareTo(settings.giveUpAfter()) > 0 && surroundings.offer(lease)) {
            notices.isGivenUp(lease, stalled);
            return Next.LEAVE;
        }
        if (now - toldStalledNanos >= STILL_STALLED.toNanos()) {
            toldStalledNanos = now;
            notices.stillStalls(lease, stalled, problem);
        }
        status = status.in(ShardState.WAITING);
        stop.await(Backoff.of(REOPEN_FIRST, REOPEN_LONGEST).pause(failuresInRow));
        return Next.TAKE_OVER_AGAIN;
    }

    /** From the rounds to status and log. */
    private final class Reporter implements ShardService.Reports {
        @Override
        public void published(int records) {
            status = status.afterPublished(records);
            news.published(records);
        }

        @Override
        public void sent(Batch batch, long nanos) {
            news.sent(batch, nanos);
        }

        @Override
        public void refused(
                OutboxRecord record, int failures, String reason, OutboxEvent.Next next, String whatFollows) {
            news.refused(record, failures, next, reason);
            notices.refused(record, failures, reason, whatFollows);
            status = status.afterRefusal("record " + record.seq() + ": " + reason);
        }

        @Override
        public void held(List<Plan.Stopped> held) {
            notices.held(lease, held);
            news.parked(held.size(), held.get(0).reason());
            status = status.withProblem(held.get(0).reason());
        }

        @Override
        public void released(String topic, int keys) {
            notices.released(lease, topic, keys);
            news.released(keys, topic);
        }

        @Override
        public void holding(Held held, Optional<String> example) {
            boolean isNews = held.isEmpty() != status.held().isEmpty();
            status = status.holding(held);
            long now = nanoClock.getAsLong();
            if (isNews || now - toldHoldingNanos >= STILL_STALLED.toNanos()) {
                toldHoldingNanos = now;
                notices.holding(lease, held, example);
            }
        }

        @Override
        public void isWell() {
            step();
            failuresInRow = 0;
            if (stalledSinceNanos.isPresent()) {
                Duration after = Duration.ofNanos(nanoClock.getAsLong() - stalledSinceNanos.get());
                stalledSinceNanos = Optional.empty();
                notices.goesOn(lease, after);
                news.resumed(after);
            }
        }

        @Override
        public void problem(String reason) {
            status = status.withProblem(reason);
        }

        @Override
        public void lost(String reason) {
            LOG.warn("{} ends: {}", lease, reason);
            status = status.withProblem(reason);
        }
    }
}
