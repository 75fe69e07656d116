package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.WriteOp;
import java.util.List;

/** What a client's server asks the leader for. */
public sealed interface Order {
    <R> R accept(Handler<R> handler);

    /**
     * Whose a change is.
     *
     * @param tenure which of the session's connections it came on
     * @param cxid the client's number for it
     */
    record Sender(SessionId session, long tenure, int cxid) {}

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
     * One operation.
     *
     * @param identities of the sender
     */
    record Write(Sender sender, List<Identity> identities, WriteOp op) implements Order {
        public Write {
            identities = List.copyOf(identities);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.write(this);
        }
    }

    /** Several operations, all or nothing. */
    record Multi(Sender sender, List<Identity> identities, List<WriteOp> ops) implements Order {
        public Multi {
            identities = List.copyOf(identities);
            ops = List.copyOf(ops);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.multi(this);
        }
    }

    /** The end of the sender's session. */
    record CloseSession(Sender sender) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.closeSession(this);
        }
    }

    /** A change that is refused whatever the state is; it takes its place among the sender's other changes. */
    record Refuse(Sender sender, ErrorCode error) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refuse(this);
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

        R write(Write order);

        R multi(Multi order);

        R closeSession(CloseSession order);

        R refuse(Refuse order);

        R catchUp(CatchUp order);
    }
}
