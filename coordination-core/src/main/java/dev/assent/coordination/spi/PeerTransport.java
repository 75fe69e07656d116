package dev.assent.coordination.spi;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.zab.PeerMessage;
import java.io.Closeable;
import java.io.IOException;

/**
 * Links to the other members: at most one to each at a time, both directions, first in first out, nothing lost or
 * repeated while it lasts.
 *
 * <p>It has no thread of its own for this: the thread that sends also runs it, so that a message passes from the
 * network to the protocol, and back, without a change of threads.
 *
 * <p>Each link has a generation, larger than those of all links to the same member before it. Messages for an older
 * generation are dropped. A broken link is replaced without being asked; nobody learns which of the last messages
 * had arrived.
 */
public interface PeerTransport extends Closeable {

    /** A thread fit to {@link #run} this transport, not started yet. */
    Thread thread(String name, Runnable body);

    /**
     * Binds and starts dialling; called once, while another thread goes on calling {@link #run}. Fails if the address
     * cannot be bound.
     */
    void start(Listener listener) throws IOException;

    /**
     * Does what the network has for it, and tells the listener; always on the same thread.
     *
     * @param nanosMax how long to wait until there is something to do, or {@link #wakeUp} is called; 0: not at all
     */
    void run(long nanosMax);

    /** Ends the wait of {@link #run}, or the next one; from any thread. */
    void wakeUp();

    /** Queues a message for the next {@link #flush}; dropped if that link is gone. One sending thread only. */
    void send(ServerId to, long generation, PeerMessage message);

    /** Sends what was queued; the sending thread calls it once for a whole batch. */
    void flush();

    /** The listener's owner has dealt with that much of what {@link Listener#received} brought; see there. */
    void processed(ServerId from, long generation, int bytes);

    /**
     * Takes every link down, without farewell to the peers, and waits for that. Idempotent. On the thread that runs
     * the transport, or when none does any more.
     */
    @Override
    void close();

    /** Told by {@link #run}, in order for each member; must not block. */
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
