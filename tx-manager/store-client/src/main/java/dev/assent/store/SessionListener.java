package dev.assent.store;

/**
 * Told what becomes of a session, one thing after another, on a thread of the client that is there for nothing else. A
 * listener that blocks delays what the others are told, and nothing else.
 */
public interface SessionListener {
    /** A connection stands: the first one of {@code session}, or one after it was suspended. */
    default void connected(long session) {}

    /** There is no connection. What is under way may have been carried out; the session may live on. */
    default void suspended(long session) {}

    /** The session is over, and its ephemerals with it. */
    default void lost(long session, Loss how) {}

    /** How it is known that a session is over. */
    enum Loss {
        /**
         * By the clock: there has been no connection for as long as the session may be silent. A connection with the same
         * session may come all the same, or a second loss, which is confirmed.
         */
        PRESUMED,
        /** By the ensemble, or by whoever left it. The next session is being opened. */
        CONFIRMED
    }
}
