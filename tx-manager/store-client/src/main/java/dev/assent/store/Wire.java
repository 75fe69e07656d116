package dev.assent.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection with a server of the store, in plain text or over TLS. Nothing here waits: what cannot be done yet is done
 * at a later call. For one thread.
 */
public interface Wire extends AutoCloseable {
    /**
     * Goes on with what comes before the first request.
     *
     * @return whether it is done, as far as this side knows: a server that refuses this side's certificate says so later
     * @throws IOException the peer is refused, or refuses, or is gone
     */
    boolean handshake() throws IOException;

    /**
     * Takes what has come.
     *
     * @return how many bytes were put into {@code target}; 0 if none are there now, -1 if none will come any more
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Takes of {@code source} what there is room for; {@link #flush} sends it.
     *
     * @throws IOException the connection is gone
     */
    void write(ByteBuffer source) throws IOException;

    /** Sends; whether all that was written is sent. */
    boolean flush() throws IOException;

    /** Closes the channel; the peer hears of it if that can be sent at once. */
    @Override
    void close() throws IOException;
}
