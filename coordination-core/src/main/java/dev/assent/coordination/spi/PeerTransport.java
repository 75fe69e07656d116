package dev.assent.coordination.spi;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.zab.PeerMessage;
import java.io.Closeable;
import java.io.IOException;

/**
 * Links to the other members: at most one to each at a time, both directions, first in first out, nothing lost or
 * repeated while it lasts.
 *
 * <p>Each link has a generation, larger than those of all links to the same member before it. Messages for an older
 * generation are dropped. A broken link is replaced without being asked; nobody learns which of the last messages
 * had arrived.
 */
public interface PeerTransport extends Closeable {

    /** Binds and starts dialling; called once. Fails if the address cannot be bound. */
    void start(Listener listener) throws IOException;

    /** Queues a message for the next {@link #flush}; dropped if that link is gone. One sending thread only. */
    void send(ServerId to, long generation, PeerMessage message);

    /** Sends what was queued; the sending thread calls it once for a whole batch. */
    void flush();

    /** Bytes given to {@link #send} that the kernel has not taken yet; 0 if that link is gone. */
    long outgoingBytes(ServerId to, long generation);

    /** The listener's owner has dealt with that much of what {@link Listener#received} brought; see there. */
    void processed(ServerId from, long generation, int bytes);

    /** Takes every link down, without farewell to the peers, and frees the threads; waits for both. Idempotent. */
    @Override
    void close();

    /** Told from the transport's own threads, in order for each member; must not block. */
    interface Listener {

        void connected(ServerId peer, long generation);

        void disconnected(ServerId peer, long generation);

        /**
         * A message arrived.
         *
         * @param bytes its size; the transport stops reading from a link while too much is not yet {@link #processed}
         */
        void received(ServerId from, long generation, PeerMessage message, int bytes);
    }
}
