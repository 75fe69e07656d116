package dev.assent.event;

/** Who leads which shard of the transactions. {@code node} is the name that people gave the node. */
public sealed interface ShardEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.shard(this);
    }

    void accept(Handler handler);

    /** The node leads the shard, under that epoch. */
    record Taken(String node, int shard, int epoch) implements ShardEvent {
        @Override
        public void accept(Handler handler) {
            handler.taken(this);
        }
    }

    /** It does not lead it any more: it was handed over, or taken by another. */
    record Given(String node, int shard, int epoch) implements ShardEvent {
        @Override
        public void accept(Handler handler) {
            handler.given(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void taken(Taken event);

        void given(Given event);
    }
}
