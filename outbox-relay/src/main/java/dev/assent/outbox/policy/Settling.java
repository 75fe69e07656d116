package dev.assent.outbox.policy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import java.util.List;

/** From a batch and its outcome to what is done about it. */
public final class Settling {
    private final RetryPolicy retry;

    public Settling(RetryPolicy retry) {
        this.retry = retry;
    }

    public Settlement settle(Batch batch, PublishOutcome outcome) {
        return outcome.accept(new PublishOutcome.Handler<>() {
            @Override
            public Settlement published(PublishOutcome.Published published) {
                return new Settlement.Acknowledge(batch);
            }

            @Override
            public Settlement rejected(PublishOutcome.Rejected rejected) {
                return blame(batch, rejected);
            }

            @Override
            public Settlement topicsClosed(PublishOutcome.TopicsClosed closed) {
                return new Settlement.ScreenAgain(closed.reason());
            }

            @Override
            public Settlement unavailable(PublishOutcome.Unavailable unavailable) {
                return new Settlement.BackOff(unavailable.reason());
            }

            @Override
            public Settlement fenced(PublishOutcome.Fenced fenced) {
                return new Settlement.ClaimAgain(fenced.reason());
            }
        });
    }

    /** What becomes of a record that is known to be refused, the first of its key that waits. */
    public Settlement refuse(OutboxRecord refused, String reason) {
        int failures = refused.failedAttempts() + 1;
        if (!retry.isExhausted(failures)) {
            return new Settlement.Park(refused, failures, retry.wait(failures), reason);
        }
        return switch (retry.exhausted()) {
            case STOP_KEY -> new Settlement.StopKey(refused, failures, reason);
            case DEAD_LETTER -> new Settlement.DeadLetter(refused, failures, reason);
        };
    }

    private Settlement blame(Batch batch, PublishOutcome.Rejected rejected) {
        List<Long> suspects = rejected.suspects();
        int first = batch.seqs().indexOf(suspects.get(0));
        if (first < 0) {
            throw new IllegalStateException(
                    "the publisher blames record " + suspects.get(0) + ", which was not in the batch");
        }
        if (suspects.size() > 1) {
            return new Settlement.Isolate(Math.max(1, batch.size() / 2));
        }
        OutboxRecord refused = batch.records().get(first);
        // Sound records of the same key were aborted along with it; they must go first, before the key stops.
        boolean followsItsKey = batch.records().subList(0, first).stream()
                .anyMatch(one -> one.key().equals(refused.key()));
        return followsItsKey ? new Settlement.Isolate(first) : refuse(refused, rejected.reason());
    }
}
