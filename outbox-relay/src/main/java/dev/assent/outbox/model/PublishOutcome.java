package dev.assent.outbox.model;

import java.util.List;

/** What became of a batch at the broker. */
public sealed interface PublishOutcome {
    <R> R accept(Handler<R> handler);

    /** One method for each outcome, so that a new one cannot be forgotten. */
    interface Handler<R> {
        R published(Published outcome);

        R rejected(Rejected outcome);

        R unavailable(Unavailable outcome);

        R fenced(Fenced outcome);
    }

    /** The whole batch is durable at the broker. */
    record Published() implements PublishOutcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.published(this);
        }
    }

    /**
     * Nothing of the batch is visible, because the broker refuses some records for good.
     *
     * @param suspects the sequence numbers that were refused, ascending; more than one only where they cannot be told
     *     apart
     */
    record Rejected(List<Long> suspects, String reason) implements PublishOutcome {
        public Rejected {
            suspects = List.copyOf(suspects);
            if (suspects.isEmpty()) {
                throw new IllegalArgumentException("a rejection without a suspect: " + reason);
            }
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rejected(this);
        }
    }

    /** The broker could not be asked, or did not say how it ended: to be sent again, perhaps for the second time. */
    record Unavailable(String reason) implements PublishOutcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unavailable(this);
        }
    }

    /** Somebody else owns the shard now: stop at once. */
    record Fenced(String reason) implements PublishOutcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.fenced(this);
        }
    }
}
