package dev.assent.outbox.relay;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.Backoff;
import dev.assent.outbox.policy.BatchPlanner;
import dev.assent.outbox.policy.Settlement;
import dev.assent.outbox.policy.Settling;
import dev.assent.outbox.spi.OutboxStore;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.spi.Publisher;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one shard under one lease, from takeover to the end of the lease, on one thread. After any failure whose
 * outcome is open it goes through the takeover again, which tells whether it still owns the shard.
 */
final class ShardWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardWorker.class);
    private static final Duration REOPEN_FIRST = Duration.ofMillis(100);
    private static final Duration REOPEN_LONGEST = Duration.ofSeconds(2);

    private final ShardLease lease;
    private final OutboxStore store;
    private final Publisher publisher;
    private final RelaySettings settings;
    private final BatchPlanner planner;
    private final Settling settling;
    private final BiConsumer<ShardLease, ShardEpoch> ended;
    private final StopSignal stop = new StopSignal();
    private volatile ShardStatus status;
    private ShardEpoch newestEpoch;
    private int failuresInRow;
    private int toSendAlone;

    /** How a shard goes on. */
    private enum Next {
        READ,
        TAKE_OVER_AGAIN,
        LEAVE
    }

    ShardWorker(
            ShardLease lease,
            OutboxStore store,
            Publisher publisher,
            RelaySettings settings,
            BiConsumer<ShardLease, ShardEpoch> ended) {
        this.lease = lease;
        this.store = store;
        this.publisher = publisher;
        this.settings = settings;
        this.planner = new BatchPlanner(settings.limits());
        this.settling = new Settling(settings.retry());
        this.ended = ended;
        this.status = ShardStatus.begin(lease);
        this.newestEpoch = lease.epoch();
    }

    ShardStatus status() {
        return status;
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
                if (next == Next.TAKE_OVER_AGAIN) {
                    failuresInRow++;
                    status = status.in(ShardState.WAITING);
                    stop.await(Backoff.wait(REOPEN_FIRST, REOPEN_LONGEST, failuresInRow));
                }
            }
        } catch (RuntimeException e) {
            LOG.error("{} ends by a fault of its own", lease, e);
            status = status.withProblem(e.toString());
        } finally {
            status = status.in(ShardState.ENDED);
            ended.accept(lease, newestEpoch);
        }
    }

    private Next takeOverAndServe() {
        status = status.in(ShardState.TAKING_OVER);
        try {
            Optional<ShardOutbox> claimed = store.claim(lease);
            if (claimed.isEmpty()) {
                newestEpoch = store.epochOf(lease.shard());
                LOG.warn("{} is refused: the database has seen epoch {}", lease, newestEpoch);
                return Next.LEAVE;
            }
            try (ShardOutbox outbox = claimed.get();
                    ShardPublisher producer = publisher.open(lease)) {
                LOG.info("{} is served", lease);
                status = status.in(ShardState.SERVING);
                return serve(outbox, producer);
            }
        } catch (IOException e) {
            LOG.warn("{} waits: {}", lease, e.getMessage());
            status = status.withProblem(String.valueOf(e.getMessage()));
            return Next.TAKE_OVER_AGAIN;
        }
    }

    private Next serve(ShardOutbox outbox, ShardPublisher producer) throws IOException {
        int emptyPolls = 0;
        while (!stop.isStopped()) {
            Optional<List<OutboxRecord>> due = outbox.due(settings.limits());
            if (due.isEmpty()) {
                return fenced("another owner has claimed it in the database");
            }
            Batch batch = planner.plan(due.get(), toSendAlone > 0);
            if (batch.isEmpty()) {
                emptyPolls++;
                stop.await(settings.pacing().wait(emptyPolls));
                continue;
            }
            emptyPolls = 0;
            toSendAlone = Math.max(0, toSendAlone - 1);
            PublishOutcome outcome = producer.publish(batch);
            Next next = settling.settle(batch, outcome).accept(new CarryOut(outbox, producer));
            if (next != Next.READ) {
                return next;
            }
        }
        return Next.LEAVE;
    }

    private Next fenced(String why) {
        LOG.warn("{} ends: {}", lease, why);
        status = status.withProblem(why);
        return Next.LEAVE;
    }

    /** Makes a settlement true in the database, and at the dead-letter topic. */
    private final class CarryOut implements Settlement.Handler<Next, IOException> {
        private final ShardOutbox outbox;
        private final ShardPublisher producer;

        CarryOut(ShardOutbox outbox, ShardPublisher producer) {
            this.outbox = outbox;
            this.producer = producer;
        }

        @Override
        public Next acknowledge(Settlement.Acknowledge settlement) throws IOException {
            Ownership ownership = outbox.acknowledge(settlement.batch());
            if (ownership == Ownership.KEPT) {
                failuresInRow = 0;
                status = status.afterPublished(settlement.batch().size());
            }
            return next(ownership);
        }

        @Override
        public Next park(Settlement.Park parked) throws IOException {
            refused(parked.refused(), parked.failures(), parked.reason(), "is tried again in " + parked.pause());
            return next(outbox.park(parked.refused(), parked.failures(), Optional.of(parked.pause()), parked.reason()));
        }

        @Override
        public Next stopKey(Settlement.StopKey stopped) throws IOException {
            refused(stopped.refused(), stopped.failures(), stopped.reason(), "waits for an operator");
            Next announced = announce(stopped.refused(), stopped.failures(), stopped.reason());
            return announced != Next.READ
                    ? announced
                    : next(outbox.park(stopped.refused(), stopped.failures(), Optional.empty(), stopped.reason()));
        }

        @Override
        public Next deadLetter(Settlement.DeadLetter dead) throws IOException {
            refused(dead.refused(), dead.failures(), dead.reason(), "moves to the dead letters");
            Next announced = announce(dead.refused(), dead.failures(), dead.reason());
            return announced != Next.READ
                    ? announced
                    : next(outbox.deadLetter(dead.refused(), dead.failures(), dead.reason()));
        }

        @Override
        public Next isolate(Settlement.Isolate isolate) {
            status = status.afterRefusal("a batch was refused; its records are sent one at a time");
            toSendAlone = isolate.records();
            return Next.READ;
        }

        @Override
        public Next backOff(Settlement.BackOff unavailable) {
            LOG.warn("{} waits: {}", lease, unavailable.reason());
            status = status.withProblem(unavailable.reason());
            return Next.TAKE_OVER_AGAIN;
        }

        @Override
        public Next stepDown(Settlement.StepDown fencedOff) {
            return fenced(fencedOff.reason());
        }

        /** The database is the truth about dead letters; a topic that refuses the announcement does not hold it up. */
        private Next announce(OutboxRecord refused, int failures, String reason) {
            return producer.announceDeadLetter(refused, failures, reason).accept(new PublishOutcome.Handler<Next>() {
                @Override
                public Next published(PublishOutcome.Published outcome) {
                    return Next.READ;
                }

                @Override
                public Next rejected(PublishOutcome.Rejected outcome) {
                    LOG.error("the dead-letter topic refuses record {}: {}", refused.seq(), outcome.reason());
                    return Next.READ;
                }

                @Override
                public Next unavailable(PublishOutcome.Unavailable outcome) {
                    return backOff(new Settlement.BackOff(outcome.reason()));
                }

                @Override
                public Next fenced(PublishOutcome.Fenced outcome) {
                    return stepDown(new Settlement.StepDown(outcome.reason()));
                }
            });
        }

        private void refused(OutboxRecord record, int failures, String reason, String what) {
            LOG.warn(
                    "record {} of key {} was refused {} times and {}: {}",
                    record.seq(),
                    record.key(),
                    failures,
                    what,
                    reason);
            status = status.afterRefusal("record " + record.seq() + ": " + reason);
        }

        private Next next(Ownership ownership) {
            return switch (ownership) {
                case KEPT -> Next.READ;
                case LOST -> fenced("another owner has claimed it in the database");
            };
        }
    }
}
