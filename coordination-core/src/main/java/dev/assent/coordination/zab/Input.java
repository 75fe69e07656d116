package dev.assent.coordination.zab;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;

/** What a peer can be told. One at a time, in the order in which it happened. */
public sealed interface Input {

    /** Calls the one method of {@code handler} that is for this record. */
    void accept(Handler handler);

    /** One method per input. */
    interface Handler {
        void ticked(Ticked input);

        void connected(Connected input);

        void disconnected(Disconnected input);

        void received(Received input);

        void proposed(Proposed input);

        void written(Written input);

        void snapshotRead(SnapshotRead input);

        void appSent(AppSent input);
    }

    /** Time went on. {@code nowMillis} is monotonic, of this process only, and the peer's one source of time. */
    record Ticked(long nowMillis) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.ticked(this);
        }
    }

    /** A first-in-first-out link to {@code peer} is up in both directions; {@code generation} grows with each. */
    record Connected(ServerId peer, long generation) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.connected(this);
        }
    }

    /** The link is gone, and with it whatever was under way on it. */
    record Disconnected(ServerId peer, long generation) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.disconnected(this);
        }
    }

    /** A message came on the link of that generation. */
    record Received(ServerId from, long generation, PeerMessage message) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.received(this);
        }
    }

    /** The application wants {@code txn} ordered; legal only between serving as leader and the next role change. */
    record Proposed(Payload txn) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.proposed(this);
        }
    }

    /** Every {@link Write} up to and including {@code token} survives a power cut. */
    record Written(long token) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.written(this);
        }
    }

    /**
     * A piece of the snapshot that {@link Delivery.SnapshotRequested} asked for, in order from index 0.
     *
     * @param generation as in the request
     */
    record SnapshotRead(ServerId to, long generation, long index, Payload bytes, boolean last) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.snapshotRead(this);
        }
    }

    /** The application sends {@code message} to another member; dropped unless one of the two leads the other. */
    record AppSent(ServerId to, Payload message) implements Input {
        @Override
        public void accept(Handler handler) {
            handler.appSent(this);
        }
    }
}
