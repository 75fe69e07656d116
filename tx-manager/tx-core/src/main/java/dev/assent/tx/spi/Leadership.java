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

    /** The same, telling people and tools who holds it. */
    boolean acquire(String role, String holder) throws IOException;

    /**
     * Gives the role up at once, if this process holds it, so that another may take it.
     *
     * @throws IOException nothing is known of the effect; it may be repeated
     */
    void release(String role) throws IOException;

    /** Calls {@code listener} soon after a role is taken or lost by anybody; {@link #watch} arms. */
    void onChange(Runnable listener);

    /** Arms that once more; arming it twice is the same as once. */
    void watch();
}
