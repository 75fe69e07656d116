package dev.assent.outbox.spi;

import java.time.Duration;

/** Waiting, as a seam. */
@FunctionalInterface
public interface Pause {
    /**
     * Waits for {@code length}, less if the waiter is asked to stop.
     *
     * @return false if the waiter was asked to stop
     */
    boolean await(Duration length);
}
