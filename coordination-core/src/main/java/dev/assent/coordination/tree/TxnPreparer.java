package dev.assent.coordination.tree;

import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Turns requests into transactions, on the leader only: decides each request on the state after all transactions
 * prepared before it, whether they are committed yet or not.
 *
 * <p>Every method returns a transaction to propose, in the order of the calls; what a request did wrong becomes a
 * {@link Txn.Rejected}. Nothing a request may hold makes it throw. One preparer serves one primary: make a new one,
 * from the state then, when this server becomes leader. Not thread-safe.
 */
public final class TxnPreparer {
    private final PendingState pending;

    /** Starts from the last committed state, with nothing proposed yet. */
    public TxnPreparer(DataTree committed) {
        this.pending = new PendingState(committed);
    }

    /** One write by somebody known as {@code identities}. */
    public Txn prepare(Txn.Header header, List<Identity> identities, WriteOp op) {
        if (!pending.isOpen(header.session())) {
            return rejected(header, ErrorCode.SESSION_EXPIRED, List.of());
        }
        OpPreparer.Outcome outcome = op.accept(new OpPreparer(pending, header.session(), identities));
        Change change = outcome.change();
        if (change == null) {
            return rejected(header, outcome.error(), List.of());
        }
        if (TxnSize.HEADER_BYTES + TxnSize.of(change) > Payload.TXN_BYTES_MAX) {
            return rejected(header, ErrorCode.MARSHALLING_ERROR, List.of());
        }
        pending.proposed();
        return new Txn.Single(header, change);
    }

    /**
     * All of {@code ops} or none: each sees the effects of those before it. The first that fails keeps its error;
     * those before it report OK, those after it RUNTIME_INCONSISTENCY. As a whole MARSHALLING_ERROR if it would make a
     * transaction of more than {@link Payload#TXN_BYTES_MAX}.
     */
    public Txn prepareMulti(Txn.Header header, List<Identity> identities, List<WriteOp> ops) {
        if (!pending.isOpen(header.session())) {
            return rejected(header, ErrorCode.SESSION_EXPIRED, List.of());
        }
        OpPreparer preparer = new OpPreparer(pending, header.session(), identities);
        List<Change> changes = new ArrayList<>(ops.size());
        long bytes = TxnSize.HEADER_BYTES;
        for (WriteOp op : ops) {
            OpPreparer.Outcome outcome = op.accept(preparer);
            Change change = outcome.change();
            if (change == null) {
                return rejected(header, ErrorCode.OK, errors(changes.size(), outcome.error(), ops.size()));
            }
            bytes += TxnSize.of(change);
            if (bytes > Payload.TXN_BYTES_MAX) {
                return rejected(header, ErrorCode.MARSHALLING_ERROR, List.of());
            }
            changes.add(change);
        }
        pending.proposed();
        return new Txn.Multi(header, changes);
    }

    private static List<ErrorCode> errors(int succeeded, ErrorCode error, int count) {
        List<ErrorCode> errors = new ArrayList<>(Collections.nCopies(count, ErrorCode.RUNTIME_INCONSISTENCY));
        Collections.fill(errors.subList(0, succeeded), ErrorCode.OK);
        errors.set(succeeded, error);
        return errors;
    }

    /** A client's first connect; the header names the session that it gets. */
    public Txn openSession(Txn.Header header, SessionPassword password, int timeoutMillis) {
        if (pending.isOpen(header.session())) {
            return rejected(header, ErrorCode.SYSTEM_ERROR, List.of());
        }
        pending.proposedOpening(header.session());
        return new Txn.OpenSession(header, password, timeoutMillis);
    }

    /** The header's session is closed by its client, or has expired. */
    public Txn closeSession(Txn.Header header) {
        SessionId session = header.session();
        if (!pending.isOpen(session)) {
            return rejected(header, ErrorCode.SESSION_EXPIRED, List.of());
        }
        pending.stageEphemeralsGone(List.of(session));
        pending.proposedClosing(List.of(session));
        return new Txn.CloseSession(header);
    }

    /**
     * These have expired: what of them is open ends in one transaction. Empty, and nothing to propose, if none is.
     *
     * @param header of no client's
     */
    public Optional<Txn.ExpireSessions> expireSessions(Txn.Header header, List<SessionId> sessions) {
        List<SessionId> open =
                sessions.stream().filter(pending::isOpen).distinct().toList();
        if (open.isEmpty()) {
            return Optional.empty();
        }
        pending.stageEphemeralsGone(open);
        pending.proposedClosing(open);
        return Optional.of(new Txn.ExpireSessions(header, open));
    }

    /**
     * Deletes a container or a znode with a time to live whose time has come, see {@link Znode#dueMillis}. Empty, and
     * nothing to propose, if it has not, or if something under way changes the znode: then it is to be looked at again.
     */
    public Optional<Txn> removeDue(Txn.Header header, ZnodePath path) {
        if (!pending.isDue(path.value(), header.wallMillis())) {
            return Optional.empty();
        }
        pending.stageChildrenGone(path.parent(), 1);
        pending.stageGone(path.value());
        pending.proposed();
        return Optional.of(new Txn.Single(header, new Change.Delete(path)));
    }

    /** Takes the place in order of a request that was refused before it came here. */
    public Txn reject(Txn.Header header, ErrorCode error) {
        return rejected(header, error, List.of());
    }

    /**
     * The oldest transaction under way is committed; {@code tree} is the state after it. Called for each transaction
     * that came from this preparer, in order, and for no other.
     */
    public void delivered(DataTree tree) {
        pending.delivered(tree);
    }

    /** How many transactions are prepared but not delivered. */
    public int underWay() {
        return pending.underWay();
    }

    /** Whether {@code session} will be open once everything under way is committed. */
    public boolean isOpen(SessionId session) {
        return pending.isOpen(session);
    }

    private Txn rejected(Txn.Header header, ErrorCode error, List<ErrorCode> opErrors) {
        pending.discard();
        pending.proposed();
        return new Txn.Rejected(header, error, opErrors);
    }
}
