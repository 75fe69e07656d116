package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;

/** All of a server's connections, as the replica loop sees them. Methods are called on the loop's thread. */
public interface Edge {

    /** Something was posted to {@link Client}s. */
    void wake();

    /** There is no leader: take no further requests from connections until {@link #resume}. */
    void suspend();

    void resume();

    /**
     * From now on, or no longer, there is too much under way: whoever has a request under way is not read until it is
     * answered.
     */
    void crowded(boolean crowded);

    /** A session of this ensemble has come to a connection here. */
    default void sessionBound(SessionId session, int timeoutMillis) {}

    /** A session that was at a connection here is over. */
    default void sessionOver(SessionId session) {}

    /** Close every connection: what is under way on them cannot be answered truthfully. */
    void endAll(String why);
}
