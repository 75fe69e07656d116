package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;

/** What a client's server asks the leader for. */
public sealed interface Order {
    <R> R accept(Handler<R> handler);

    /** A new session with this time-out. */
    record Open(int timeoutMillis) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.open(this);
        }
    }

    /** An old session, on a new connection. */
    record Reopen(SessionId session, Payload password) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.reopen(this);
        }
    }

    /**
     * A write, or the end of the session.
     *
     * @param tenure which of the session's connections it came on
     * @param identities of its sender, as {@link Identities} encodes them
     * @param frame the client's request as it came, header and all
     */
    record Change(SessionId session, long tenure, Payload identities, Payload frame) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.change(this);
        }
    }

    /** To be told when everything that the leader has proposed so far is applied where the asker is. */
    record CatchUp() implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.catchUp(this);
        }
    }

    /** One method per order. */
    interface Handler<R> {
        R open(Open order);

        R reopen(Reopen order);

        R change(Change order);

        R catchUp(CatchUp order);
    }
}
