package dev.assent.tx.shards;

/** What a node does about the cluster's shards. */
public sealed interface Step {

    /** How each is carried out; none may be forgotten. */
    interface Handler {
        void take(Take step);

        void close(Close step);

        void open(Open step);

        void forget(Forget step);
    }

    void accept(Handler handler);

    /** Open the next epoch of a shard, if it is still held as it was: {@code seen} is that version. */
    record Take(int shard, int seen, ShardBoard.Cause cause) implements Step {
        @Override
        public void accept(Handler handler) {
            handler.take(this);
        }
    }

    /** Begin nothing more on a shard of this node's, and hand it over once nothing is under way on it. */
    record Close(int shard) implements Step {
        @Override
        public void accept(Handler handler) {
            handler.close(this);
        }
    }

    /** Keep a shard that was about to be handed over. */
    record Open(int shard) implements Step {
        @Override
        public void accept(Handler handler) {
            handler.open(this);
        }
    }

    /** Remove what a fenced member left in the store: its session would keep it for a while. */
    record Forget(String member) implements Step {
        @Override
        public void accept(Handler handler) {
            handler.forget(this);
        }
    }
}
