package dev.assent.coordination.tree;

import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import java.util.List;

/** What ZAB orders: one entry of the replicated history. Applying it can neither fail nor differ between servers. */
public sealed interface Txn {
    Header header();

    /** The sessions that are over once it is applied. */
    default List<SessionId> closedSessions() {
        return List.of();
    }

    <R> R accept(Handler<R> handler);

    /**
     * Where a transaction comes from.
     *
     * @param session whose request it is; {@link #NO_CLIENT} if the ensemble's own
     * @param cxid the client's number of the request
     * @param wallMillis the leader's wall clock at preparation: ctime and mtime
     * @param origin who waits for the reply
     */
    record Header(SessionId session, int cxid, long wallMillis, Origin origin) {
        public static final SessionId NO_CLIENT = new SessionId(-1);
    }

    /**
     * Tells the server that took a request which one of its requests a transaction answers; (session, cxid) is not
     * unique across reconnects.
     *
     * @param server the server that took it
     * @param request unique among that server's requests, restarts included
     */
    record Origin(ServerId server, long request) {}

    /** One change. */
    record Single(Header header, Change change) implements Txn {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.single(this);
        }
    }

    /** Several changes, all or nothing, under one zxid. */
    record Multi(Header header, List<Change> changes) implements Txn {
        public Multi {
            changes = List.copyOf(changes);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.multi(this);
        }
    }

    /** A client connects for the first time; the header names the new session. */
    record OpenSession(Header header, SessionPassword password, int timeoutMillis) implements Txn {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.openSession(this);
        }
    }

    /** The header's session ends, and with it the ephemeral znodes that it owns at this point of the history. */
    record CloseSession(Header header) implements Txn {
        @Override
        public List<SessionId> closedSessions() {
            return List.of(header.session());
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.closeSession(this);
        }
    }

    /**
     * Sessions end that were silent for too long, and with them the ephemeral znodes that they own at this point of the
     * history: what ends together is one change of the tree, and costs far less than one after the other.
     *
     * @param header of no client's
     * @param sessions each of them open, and named once
     */
    record ExpireSessions(Header header, List<SessionId> sessions) implements Txn {
        public ExpireSessions {
            sessions = List.copyOf(sessions);
        }

        @Override
        public List<SessionId> closedSessions() {
            return sessions;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.expireSessions(this);
        }
    }

    /**
     * A refused request: changes nothing, but has a place in the history so that a session's replies stay in order.
     *
     * @param error the error of the reply as a whole; OK if the operations of a multi have their own
     * @param opErrors one for each operation of a refused multi, else empty
     */
    record Rejected(Header header, ErrorCode error, List<ErrorCode> opErrors) implements Txn {
        public Rejected {
            opErrors = List.copyOf(opErrors);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rejected(this);
        }
    }

    /** One method per kind of transaction. */
    interface Handler<R> {
        R single(Single txn);

        R multi(Multi txn);

        R openSession(OpenSession txn);

        R closeSession(CloseSession txn);

        R expireSessions(ExpireSessions txn);

        R rejected(Rejected txn);
    }
}
