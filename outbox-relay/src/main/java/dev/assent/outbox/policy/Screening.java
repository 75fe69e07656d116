package dev.assent.outbox.policy;

import dev.assent.outbox.model.OutboxRecord;

/** What can be told about a record before it is sent, without waiting for anybody. */
@FunctionalInterface
public interface Screening {
    Result screen(OutboxRecord record);

    /** Whether a record may be sent. */
    sealed interface Result {
        <R> R accept(Handler<R> handler);

        /** One method for each result, so that a new one cannot be taken for fit. */
        interface Handler<R> {
            R fit(Fit result);

            R unfit(Unfit result);

            R topicClosed(TopicClosed result);

            R topicUnknown(TopicUnknown result);
        }

        /** Send it. */
        record Fit() implements Result {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.fit(this);
            }
        }

        /** The broker would refuse it, however often it is sent. */
        record Unfit(String reason) implements Result {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.unfit(this);
            }
        }

        /** Its topic takes no records now; nothing is wrong with the record. */
        record TopicClosed(String reason) implements Result {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.topicClosed(this);
            }
        }

        /** The broker is being asked about its topic. */
        record TopicUnknown() implements Result {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.topicUnknown(this);
            }
        }
    }
}
