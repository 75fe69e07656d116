package dev.assent.outbox.model;

/** Whether a topic takes records, as far as is known. */
public sealed interface TopicState {
    <R> R accept(Handler<R> handler);

    /** One method for each state, so that a new one cannot be taken for open. */
    interface Handler<R> {
        R open(Open state);

        R unknown(Unknown state);

        R closed(Closed state);

        R doubtful(Doubtful state);
    }

    /** When last heard of it existed, every partition had a leader, and this relay could write to it. */
    record Open() implements TopicState {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.open(this);
        }
    }

    /** The broker is being asked, and has had little time to answer. */
    record Unknown() implements TopicState {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unknown(this);
        }
    }

    /** It takes no records now. */
    record Closed(String reason) implements TopicState {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.closed(this);
        }
    }

    /**
     * By what the broker says it takes records, but the last ones that were sent to it were not answered in time: only
     * records can show whether it does, and they are to be sent apart from those of other topics.
     */
    record Doubtful(String reason) implements TopicState {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.doubtful(this);
        }
    }
}
