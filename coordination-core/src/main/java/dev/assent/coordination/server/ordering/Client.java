package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.util.List;
import java.util.Optional;

/**
 * One connection, as the replica loop sees it. Every method is called on the loop's thread and only posts: the
 * connection's own event loop finds the posts in the order in which they were made, after the next
 * {@link Edge#wake}.
 */
public interface Client {

    /** Its order was answered. */
    void reply(Object ticket, Reply reply);

    /** A watch of its own fired. */
    void notify(Zxid zxid, EventType type, ZnodePath path);

    /** Nothing can be done for it on this connection any more. */
    void end(String why);

    /** Whether the connection is still there; may be false late. */
    boolean isConnected();

    /** Whose connection it is; there is none before one was named, and so before any watch was set. */
    Optional<SessionId> session();

    /** Who it is at the moment: decides whether it may learn of an event. */
    List<Identity> identities();
}
