package dev.assent.outbox.policy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import java.time.Duration;

/** What the relay does next, once it knows what became of a batch. */
public sealed interface Settlement {
    <R, X extends Exception> R accept(Handler<R, X> handler) throws X;

    /** One method for each settlement; {@code X} is what carrying it out may throw. */
    interface Handler<R, X extends Exception> {
        R acknowledge(Acknowledge settlement) throws X;

        R park(Park settlement) throws X;

        R stopKey(StopKey settlement) throws X;

        R deadLetter(DeadLetter settlement) throws X;

        R isolate(Isolate settlement) throws X;

        R screenAgain(ScreenAgain settlement) throws X;

        R backOff(BackOff settlement) throws X;

        R claimAgain(ClaimAgain settlement) throws X;
    }

    /** The broker has the whole batch: remove it from the outbox, and free the keys in it that were parked. */
    record Acknowledge(Batch batch) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.acknowledge(this);
        }
    }

    /** Try the record again after the pause; its key queues behind it. */
    record Park(OutboxRecord refused, int failures, Duration pause, String reason) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.park(this);
        }
    }

    /** Leave the record and its key until an operator decides. */
    record StopKey(OutboxRecord refused, int failures, String reason) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.stopKey(this);
        }
    }

    /** Move the record to the dead letters and free its key. */
    record DeadLetter(OutboxRecord refused, int failures, String reason) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.deadLetter(this);
        }
    }

    /** Send at most {@code records} records next, to come nearer to the one that the broker refuses. */
    record Isolate(int records) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.isolate(this);
        }
    }

    /** More is known about topics than when the batch was planned: read and plan again. */
    record ScreenAgain(String reason) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.screenAgain(this);
        }
    }

    /** Wait, get a fresh producer, and read again. */
    record BackOff(String reason) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.backOff(this);
        }
    }

    /** Somebody has fenced this owner at the broker, perhaps one that came late: the database tells whose the shard is. */
    record ClaimAgain(String reason) implements Settlement {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.claimAgain(this);
        }
    }
}
