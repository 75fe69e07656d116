package dev.assent.coordination.tree;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.invariants.Invariants;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A leader with itself alone: prepares, and delivers at once or when told to. Session 1 is open. */
final class History {
    static final SessionId SESSION = new SessionId(1);

    private DataTree tree = DataTree.initial();
    private final TxnPreparer preparer = new TxnPreparer(tree);
    private final Deque<Txn> underWay = new ArrayDeque<>();
    private List<Identity> identities = List.of();

    History() {
        open(SESSION);
    }

    DataTree tree() {
        return tree;
    }

    TxnPreparer preparer() {
        return preparer;
    }

    static Txn.Header header(SessionId session) {
        return new Txn.Header(session, 1, 1_000, new Txn.Origin(new ServerId(1), 1));
    }

    /** Whose requests the next ones are. */
    void as(Identity... who) {
        identities = List.of(who);
    }

    Applied open(SessionId session) {
        return deliver(preparer.openSession(header(session), new SessionPassword(new byte[16]), 4_000));
    }

    Applied write(WriteOp op) {
        return deliver(preparer.prepare(header(SESSION), identities, op));
    }

    Applied multi(WriteOp... ops) {
        return deliver(preparer.prepareMulti(header(SESSION), identities, List.of(ops)));
    }

    Applied close(SessionId session) {
        return deliver(preparer.closeSession(header(session)));
    }

    /** Prepares only. */
    Txn propose(WriteOp op) {
        return later(preparer.prepare(header(SESSION), identities, op));
    }

    Txn later(Txn txn) {
        underWay.add(txn);
        return txn;
    }

    /** What was proposed earlier comes first. */
    Applied deliver(Txn txn) {
        underWay.add(txn);
        return deliverAll();
    }

    Applied deliverAll() {
        Applied last = null;
        for (Txn next = underWay.poll(); next != null; next = underWay.poll()) {
            checkComesBack(next);
            last = tree.apply(tree.zxid().next(), next);
            tree = last.tree();
            preparer.delivered(tree);
        }
        return Invariants.present(last, "nothing was under way");
    }

    /** The leader applies what it made, the others what they decode: both must be the same. */
    private static void checkComesBack(Txn txn) {
        try {
            Txn decoded = TxnCodec.decode(TxnCodec.encode(txn));
            Invariants.check(decoded.equals(txn), "%s came back as %s", txn, decoded);
        } catch (CorruptEncoding e) {
            throw new IllegalStateException("what was just encoded cannot be read", e);
        }
    }
}
