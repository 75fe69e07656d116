package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.tree.Applied;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionState;

/** What became of an {@link Order}. */
public sealed interface Reply {
    <R> R accept(Handler<R> handler);

    /** A change has its place in the history, as done or as refused. */
    record Settled(Zxid zxid, Applied applied) implements Reply {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.settled(this);
        }
    }

    /**
     * The session is the client's.
     *
     * @param grantedMillis when that was learned here, by the store's clock
     */
    record Opened(SessionState session, long tenure, long grantedMillis) implements Reply {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.opened(this);
        }
    }

    /** The session is not to be had: there is none, or the password is wrong. */
    record Refused() implements Reply {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /**
     * The leader's history up to the question is here.
     *
     * @param tree holds everything that the leader had proposed when it was asked
     */
    record CaughtUp(DataTree tree) implements Reply {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.caughtUp(this);
        }
    }

    /** One method per reply. */
    interface Handler<R> {
        R settled(Settled reply);

        R opened(Opened reply);

        R refused(Refused reply);

        R caughtUp(CaughtUp reply);
    }
}
