package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.Completion;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Phase 2 as XA calls, their answers read as completions. */
final class XaCommands {
    private static final Logger LOG = LoggerFactory.getLogger(XaCommands.class);

    private XaCommands() {}

    static Completion commit(XAResource resource, Xid xid) {
        try {
            resource.commit(xid, false);
            return new Completion.Done();
        } catch (XAException e) {
            return afterFailedCommit(resource, xid, e);
        }
    }

    private static Completion afterFailedCommit(XAResource resource, Xid xid, XAException failure) {
        XaError error = XaError.of(failure);
        if (error.agreesWithCommit()) {
            letForget(resource, xid);
        }
        return error.ofCommit(XaError.describe(failure));
    }

    /** The same over the connection that prepared the branch, whose driver may have its own way to say "not known". */
    static Completion commit(XAResource resource, Xid xid, XaQuirks quirks) {
        try {
            resource.commit(xid, false);
            return new Completion.Done();
        } catch (XAException e) {
            if (e.getCause() instanceof SQLException refusal && quirks.isNotKnown(refusal)) {
                return new Completion.NotKnown();
            }
            return afterFailedCommit(resource, xid, e);
        }
    }

    static Completion rollback(XAResource resource, Xid xid) {
        try {
            resource.rollback(xid);
            return new Completion.Done();
        } catch (XAException e) {
            XaError error = XaError.of(e);
            if (error.agreesWithRollback()) {
                letForget(resource, xid);
            }
            return error.ofRollback(XaError.describe(e));
        }
    }

    static Completion forget(XAResource resource, Xid xid) {
        try {
            resource.forget(xid);
            return new Completion.Done();
        } catch (XAException e) {
            return XaError.of(e).ofRollback(XaError.describe(e));
        }
    }

    /** The resource decided as it was told: nobody needs its memory of that. If it keeps it, only space is lost. */
    private static void letForget(XAResource resource, Xid xid) {
        Completion answer = forget(resource, xid);
        if (!(answer instanceof Completion.Done)) {
            LOG.warn("branch {} ended as decided, but its resource does not forget it: {}", xid, answer);
        }
    }
}
