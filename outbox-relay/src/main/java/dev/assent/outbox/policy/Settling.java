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
                return refuse(batch, rejected);
            }

            @Override
            public Settlement unavailable(PublishOutcome.Unavailable unavailable) {
                return new Settlement.BackOff(unavailable.reason());
            }

            @Override
            public Settlement fenced(PublishOutcome.Fenced fenced) {
                return new Settlement.StepDown(fenced.reason());
            }
        });
    }

    /** Whether sound records of the same key were aborted along with it; they must go first, before the key stops. */
    private static boolean followsItsKey(Batch batch, OutboxRecord refused) {
        return batch.records().stream()
                .anyMatch(one -> one.seq() < refused.seq() && one.key().equals(refused.key()));
    }

    private Settlement refuse(Batch batch, PublishOutcome.Rejected rejected) {
        List<Long> suspects = rejected.suspects();
        if (suspects.size() > 1) {
            return new Settlement.Isolate(batch.size());
        }
        OutboxRecord refused = batch.records().stream()
                .filter(one -> one.seq() == suspects.get(0))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "the publisher blames record " + suspects.get(0) + ", which was not in the batch"));
        int failures = refused.failedAttempts() + 1;
        if (!retry.isExhausted(failures) || followsItsKey(batch, refused)) {
            return new Settlement.Park(refused, failures, retry.wait(failures), rejected.reason());
        }
        return switch (retry.exhausted()) {
            case STOP_KEY -> new Settlement.StopKey(refused, failures, rejected.reason());
            case DEAD_LETTER -> new Settlement.DeadLetter(refused, failures, rejected.reason());
        };
    }
}
