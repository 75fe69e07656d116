package dev.assent.event;

/** What a relay does with the rows of its outbox. {@code relay} is its name, {@code shard} the number of a shard. */
public sealed interface OutboxEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.outbox(this);
    }

    void accept(Handler handler);

    /** What becomes of a refused row. */
    enum Next {
        TRIED_AGAIN,
        WAITS_FOR_OPERATOR,
        DEAD_LETTER
    }

    /** This instance serves the shard, under that epoch. */
    record Taken(String relay, int shard, long epoch) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.taken(this);
        }
    }

    /** It serves the shard no more. */
    record Given(String relay, int shard, long epoch) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.given(this);
        }
    }

    /**
     * A row was published that belongs to a trace; told beside {@link Published}, which counts it too.
     *
     * @param id the event's
     * @param trace the row's traceparent
     * @param nanos that its batch took
     */
    record Sent(String relay, int shard, String topic, String key, String id, String trace, long nanos)
            implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.sent(this);
        }
    }

    /** Rows were published, and are removed from the table. */
    record Published(String relay, int shard, int rows) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.published(this);
        }
    }

    /**
     * The broker, or a limit, refused a row; its key waits, the others go on.
     *
     * @param row its number
     * @param attempts how often it was refused by now
     */
    record Refused(String relay, int shard, String key, long row, int attempts, Next next, String cause)
            implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.refused(this);
        }
    }

    /** Keys wait for topics that take no records. */
    record Parked(String relay, int shard, int keys, String cause) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.parked(this);
        }
    }

    /** Keys go on, as their topic takes records again. */
    record Released(String relay, int shard, int keys, String topic) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.released(this);
        }
    }

    /** Nothing of the shard can be published; it is tried again. */
    record Stalled(String relay, int shard, String cause) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.stalled(this);
        }
    }

    /** A stalled shard is published again, after {@code nanos}. */
    record Resumed(String relay, int shard, long nanos) implements OutboxEvent {
        @Override
        public void accept(Handler handler) {
            handler.resumed(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void taken(Taken event);

        void given(Given event);

        void sent(Sent event);

        void published(Published event);

        void refused(Refused event);

        void parked(Parked event);

        void released(Released event);

        void stalled(Stalled event);

        void resumed(Resumed event);
    }
}
