package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import java.util.List;

/** What servers tell each other beside ZAB, on the same links and in order with its commits. */
public sealed interface ServerMessage {
    <R> R accept(Handler<R> handler);

    /** To the leader: orders of the sender's clients. */
    record Forwarded(List<ForwardedOrder> orders) implements ServerMessage {
        public Forwarded {
            orders = List.copyOf(orders);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.forwarded(this);
        }
    }

    /**
     * One order.
     *
     * @param request unique among the sender's, restarts included: see {@link PendingOrders}
     */
    record ForwardedOrder(long request, Order order) {}

    /**
     * To the leader: these sessions have shown life since the last such message. Sent all the time, also without any
     * session: the answer tells the sender that its word counts.
     *
     * @param last whether this is all; a long report comes in parts
     * @param throughMillis the moment, on the sender's clock, up to which everything it heard is reported with this
     * @param mark the last that the leader had given the sender before that moment
     */
    record Heard(List<SessionId> sessions, boolean last, long throughMillis, Mark mark) implements ServerMessage {
        public Heard {
            sessions = List.copyOf(sessions);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heard(this);
        }
    }

    /**
     * From the leader: a report has come.
     *
     * @param throughMillis as in the report
     * @param backedMillisAgo how long ago, at most, a quorum still followed this leader
     * @param mark to be repeated in later reports
     */
    record Confirmed(long throughMillis, long backedMillisAgo, Mark mark) implements ServerMessage {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.confirmed(this);
        }
    }

    /**
     * A moment of a leader's: who repeats it followed that leader later than that.
     *
     * @param clockMillis on the leader's clock
     * @param listenedMillis in its {@link ListeningTime}
     */
    record Mark(long clockMillis, long listenedMillis) {
        /** Before any. */
        static final Mark NONE = new Mark(Long.MIN_VALUE, Long.MIN_VALUE);
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
        R forwarded(Forwarded message);

        R heard(Heard message);

        R confirmed(Confirmed message);

        R claimed(Claimed message);

        R caughtUp(CaughtUp message);

        R reopened(Reopened message);

        R displaced(Displaced message);
    }
}
