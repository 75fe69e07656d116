package dev.assent.tx.spi;

import java.io.IOException;

/**
 * Who does a job that one process at a time should do. Two may think so for a moment: every job is safe then as well.
 */
public interface Leadership {

    /**
     * Takes the role if it is free, and tells whether this process holds it. It is lost with the session.
     *
     * @throws IOException the store cannot tell now
     */
    boolean acquire(String role) throws IOException;

    /**
     * Gives the role up at once, if this process holds it, so that another may take it.
     *
     * @throws IOException nothing is known of the effect; it may be repeated
     */
    void release(String role) throws IOException;
}
