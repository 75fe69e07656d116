package dev.assent.outbox.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What became of a batch at the broker. */
public sealed interface PublishOutcome {
    <R> R accept(Handler<R> handler);

    /** One method for each outcome, so that a new one cannot be forgotten. */
    interface Handler<R> {
        R published(Published outcome);

        R rejected(Rejected outcome);

        R topicsClosed(TopicsClosed outcome);

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

    /**
     * Nothing of the batch is visible, because these topics take no records now; the publisher's screening knows of it.
     *
     * @param topics at least one
     */
    record TopicsClosed(SortedSet<String> topics, String reason) implements PublishOutcome {
        public TopicsClosed {
            topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
            if (topics.isEmpty()) {
                throw new IllegalArgumentException("no topic is closed: " + reason);
            }
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.topicsClosed(this);
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
