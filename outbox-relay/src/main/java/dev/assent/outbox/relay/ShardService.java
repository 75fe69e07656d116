package dev.assent.outbox.relay;

import dev.assent.event.OutboxEvent;
import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchPlanner;
import dev.assent.outbox.policy.Isolation;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.policy.Settlement;
import dev.assent.outbox.policy.Settling;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of a shard between a takeover and the next: read, plan, send, and make true in the database what came of
 * it. Used by one thread.
 */
final class ShardService {
    private static final Logger LOG = LoggerFactory.getLogger(ShardService.class);

    private final ShardLease lease;
    private final ShardOutbox outbox;
    private final ShardPublisher producer;
    private final RelaySettings settings;
    private final Reports reports;
    private final BatchPlanner planner;
    private final Settling settling;
    private final Isolation isolation;
    private final CarryOut carryOut = new CarryOut();
    private final HeldTopics heldTopics;
    private final LongSupplier nanoClock;
    private long sendingNanos;

    private BatchPlanner.Turn turn = BatchPlanner.Turn.FRESH;
    /** A failed announcement may have changed the producer, and what goes through a producer is read after it was opened. */
    private boolean isReadAgain;

    /** Told what happens. */
    interface Reports extends HeldTopics.Reports {
        void refused(OutboxRecord record, int failures, String reason, OutboxEvent.Next next, String whatFollows);

        /** Every record of it is published and gone from the table, {@code nanos} after it was handed over. */
        void sent(Batch batch, long nanos);

        void held(List<Plan.Stopped> held);

        /** A round has ended well: database and broker have answered. */
        void isWell();

        void problem(String reason);

        void lost(String reason);
    }

    ShardService(
            ShardLease lease,
            ShardOutbox outbox,
            ShardPublisher producer,
            RelaySettings settings,
            Reports reports,
            LongSupplier nanoClock) {
        this.lease = lease;
        this.outbox = outbox;
        this.producer = producer;
        this.settings = settings;
        this.reports = reports;
        this.nanoClock = nanoClock;
        this.planner = new BatchPlanner(settings.limits());
        this.settling = new Settling(settings.retry());
        this.isolation = new Isolation(settings.limits().records());
        this.heldTopics = new HeldTopics(outbox, producer, settings.limits(), reports, nanoClock);
    }

    /** Rounds until told to stop, or until the outcome of one is open. */
    Next serve(StopSignal stop) throws IOException {
        int emptyRounds = 0;
        while (!stop.isStopped()) {
            if (heldTopics.round() == Ownership.LOST) {
                return lost();
            }
            Optional<List<OutboxRecord>> due = outbox.due(settings.limits());
            if (due.isEmpty()) {
                return lost();
            }
            Plan plan = planner.plan(due.get(), producer, isolation.together(), turn);
            Next next = carryOut(plan);
            if (next != Next.READ) {
                return next;
            }
            reports.isWell();
            // Records whose topics are still unknown are looked at again as soon as new ones would be.
            emptyRounds = !plan.isEmpty() ? 0 : due.get().isEmpty() ? emptyRounds + 1 : 1;
            if (emptyRounds > 0) {
                stop.await(heldTopics.atMost(settings.pacing().wait(emptyRounds)));
            }
        }
        return Next.LEAVE;
    }

    private Next carryOut(Plan plan) throws IOException {
        Next next = Next.READ;
        isReadAgain = false;
        if (!plan.held().isEmpty()) {
            next = hold(plan.held());
        }
        for (Plan.Stopped one : plan.unfit()) {
            if (next == Next.READ) {
                next = settling.refuse(one.record(), one.reason()).accept(carryOut);
            }
        }
        return next == Next.READ && !isReadAgain && !plan.batch().isEmpty() ? send(plan.batch()) : next;
    }

    private Next hold(List<Plan.Stopped> held) throws IOException {
        Ownership ownership = outbox.hold(held);
        if (ownership == Ownership.KEPT) {
            heldTopics.hold(held);
            reports.held(held);
        }
        return next(ownership);
    }

    private Next send(Batch batch) throws IOException {
        turn = batch.records().get(0).failedAttempts() > 0 ? BatchPlanner.Turn.FRESH : BatchPlanner.Turn.RETRIED;
        sendingNanos = nanoClock.getAsLong();
        return settling.settle(batch, producer.publish(batch)).accept(carryOut);
    }

    private Next lost() {
        reports.lost("another owner has claimed it in the database");
        return Next.LEAVE;
    }

    private Next next(Ownership ownership) {
        return switch (ownership) {
            case KEPT -> Next.READ;
            case LOST -> lost();
        };
    }

    /** Makes a settlement true in the database, and at the dead-letter topic. */
    private final class CarryOut implements Settlement.Handler<Next, IOException> {
        @Override
        public Next acknowledge(Settlement.Acknowledge settlement) throws IOException {
            Ownership ownership = outbox.acknowledge(settlement.batch());
            if (ownership == Ownership.KEPT) {
                isolation.published();
                reports.published(settlement.batch().size());
                reports.sent(settlement.batch(), nanoClock.getAsLong() - sendingNanos);
            }
            return next(ownership);
        }

        @Override
        public Next park(Settlement.Park parked) throws IOException {
            String again = "is tried again in " + parked.pause().toMillis() + " ms";
            reports.refused(parked.refused(), parked.failures(), parked.reason(), OutboxEvent.Next.TRIED_AGAIN, again);
            return next(outbox.park(parked.refused(), parked.failures(), Optional.of(parked.pause()), parked.reason()));
        }

        @Override
        public Next stopKey(Settlement.StopKey stopped) throws IOException {
            String waits = "waits for an operator: mend the cause and retry, or skip it";
            reports.refused(
                    stopped.refused(),
                    stopped.failures(),
                    stopped.reason(),
                    OutboxEvent.Next.WAITS_FOR_OPERATOR,
                    waits);
            Next announced = announce(stopped.refused(), stopped.failures(), stopped.reason());
            return announced != Next.READ
                    ? announced
                    : next(outbox.park(stopped.refused(), stopped.failures(), Optional.empty(), stopped.reason()));
        }

        @Override
        public Next deadLetter(Settlement.DeadLetter dead) throws IOException {
            reports.refused(
                    dead.refused(),
                    dead.failures(),
                    dead.reason(),
                    OutboxEvent.Next.DEAD_LETTER,
                    "moves to the dead letters");
            Next announced = announce(dead.refused(), dead.failures(), dead.reason());
            return announced != Next.READ
                    ? announced
                    : next(outbox.deadLetter(dead.refused(), dead.failures(), dead.reason()));
        }

        @Override
        public Next isolate(Settlement.Isolate isolate) {
            isolation.narrow(isolate.records());
            return Next.READ;
        }

        @Override
        public Next screenAgain(Settlement.ScreenAgain again) {
            return Next.READ;
        }

        @Override
        public Next backOff(Settlement.BackOff unavailable) {
            reports.problem(unavailable.reason());
            return Next.TAKE_OVER_AGAIN;
        }

        @Override
        public Next claimAgain(Settlement.ClaimAgain fencedOff) {
            reports.problem("fenced at the broker: " + fencedOff.reason());
            return Next.CLAIM_AGAIN;
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
                    return unannounced(outcome.reason());
                }

                @Override
                public Next topicsClosed(PublishOutcome.TopicsClosed outcome) {
                    return unannounced(outcome.reason());
                }

                private Next unannounced(String why) {
                    isReadAgain = true;
                    LOG.error("{}: the dead-letter topic is not told of record {}: {}", lease, refused.seq(), why);
                    return Next.READ;
                }

                @Override
                public Next unavailable(PublishOutcome.Unavailable outcome) {
                    return backOff(new Settlement.BackOff(outcome.reason()));
                }

                @Override
                public Next fenced(PublishOutcome.Fenced outcome) {
                    return claimAgain(new Settlement.ClaimAgain(outcome.reason()));
                }
            });
        }
    }
}
