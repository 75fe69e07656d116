package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import java.util.List;

/** What servers tell each other beside ZAB, on the same links and in order with its commits. */
public sealed interface ServerMessage {
    <R> R accept(Handler<R> handler);

    /** To the leader: orders of the sender's clients. */
    record Asked(List<Ask> asks) implements ServerMessage {
        public Asked {
            asks = List.copyOf(asks);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.asked(this);
        }
    }

    /**
     * One order.
     *
     * @param request unique among the sender's, restarts included: see {@link Ledger}
     */
    record Ask(long request, Order order) {}

    /** To the leader: these sessions have shown life since the last such message. */
    record Heard(List<SessionId> sessions) implements ServerMessage {
        public Heard {
            sessions = List.copyOf(sessions);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heard(this);
        }
    }

    /** To a new leader: the sessions whose connections the sender holds. */
    record Claimed(List<Claim> claims) implements ServerMessage {
        public Claimed {
            claims = List.copyOf(claims);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.claimed(this);
        }
    }

    /**
     * One session.
     *
     * @param tenure the larger wins where two connections claim one session
     */
    record Claim(SessionId session, long tenure) {}

    /** From the leader: the answer to {@link Order.CatchUp}, good from the moment that {@code position} is applied. */
    record CaughtUp(long request, Zxid position) implements ServerMessage {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.caughtUp(this);
        }
    }

    /**
     * From the leader: the answer to {@link Order.Reopen}, good from the moment that {@code position} is applied.
     *
     * @param timeoutMillis of the session; 0 if it is not to be had: gone, or the password is wrong
     */
    record Reopened(long request, Zxid position, long tenure, int timeoutMillis) implements ServerMessage {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.reopened(this);
        }
    }

    /** From the leader: the session went to a connection with {@code tenure}; close older ones. */
    record Displaced(SessionId session, long tenure) implements ServerMessage {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.displaced(this);
        }
    }

    /** One method per message. */
    interface Handler<R> {
        R asked(Asked message);

        R heard(Heard message);

        R claimed(Claimed message);

        R caughtUp(CaughtUp message);

        R reopened(Reopened message);

        R displaced(Displaced message);
    }
}
