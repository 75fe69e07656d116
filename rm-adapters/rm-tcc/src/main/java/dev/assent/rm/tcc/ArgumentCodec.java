package dev.assent.rm.tcc;

import java.io.IOException;

/**
 * The arguments of a try as bytes in its row, so that another process can confirm or cancel. Thread-safe. What one
 * release of a service has written the next one reads: see {@link Arguments} for what may change.
 *
 * @param <A> the arguments
 */
public interface ArgumentCodec<A> {
    byte[] write(A arguments) throws IOException;

    /**
     * Reads them back.
     *
     * @throws IOException the bytes are not what {@link #write} makes; the message says where
     */
    A read(byte[] bytes) throws IOException;
}
