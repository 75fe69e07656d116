package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Many sessions with an ephemeral znode each, at a leader: its preparer, and the tree once they are delivered. */
public final class ExpiringSessions {
    private static final byte[] SECRET = new byte[SessionPassword.SIZE];

    private final TxnPreparer preparer;
    private final Queue<Txn> underWay = new ArrayDeque<>();
    private final List<SessionId> sessions = new ArrayList<>();
    private DataTree tree = DataTree.initial();
    private Zxid last = Zxid.startOf(new Epoch(1));

    /** All of them open, and their znodes there. */
    public ExpiringSessions(int count) {
        this.preparer = new TxnPreparer(tree);
        for (int i = 1; i <= count; i++) {
            SessionId session = open(i);
            create(session, "/e" + i, 1);
            sessions.add(session);
            deliverAll();
        }
    }

    /** All of them end, so many in one transaction, with all of these under way together. */
    public void expire(int together) {
        for (int from = 0; from < sessions.size(); from += together) {
            List<SessionId> some = sessions.subList(from, Math.min(sessions.size(), from + together));
            propose(preparer.expireSessions(header(Txn.Header.NO_CLIENT), some).orElseThrow());
        }
        deliverAll();
        Invariants.check(
                tree.ephemeralCount() == 0 && tree.sessionCount() == 0, "%s sessions are left", tree.sessionCount());
    }

    public DataTree tree() {
        return tree;
    }

    TxnPreparer preparer() {
        return preparer;
    }

    Txn.Header header(SessionId session) {
        return new Txn.Header(session, 1, 1, new Txn.Origin(new ServerId(1), 1));
    }

    SessionId open(long id) {
        SessionId session = new SessionId(id);
        propose(preparer.openSession(header(session), new SessionPassword(SECRET), 10_000));
        return session;
    }

    void create(SessionId session, String path, int flag) {
        propose(preparer.prepare(header(session), List.of(), new WriteOp.Create(path, Payload.EMPTY, Acl.OPEN, flag)));
    }

    boolean exists(SessionId session, String path) {
        Txn txn = preparer.prepare(header(session), List.of(), new WriteOp.Check(path, -1));
        underWay.add(txn);
        return txn instanceof Txn.Single;
    }

    void propose(Txn txn) {
        Invariants.check(!(txn instanceof Txn.Rejected), "%s was refused", txn);
        underWay.add(txn);
    }

    void deliverAll() {
        for (Txn txn = underWay.poll(); txn != null; txn = underWay.poll()) {
            last = last.next();
            tree = tree.apply(last, txn).tree();
            preparer.delivered(tree);
        }
    }
}
