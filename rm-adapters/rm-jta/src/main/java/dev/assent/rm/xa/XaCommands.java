package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.Completion;
import java.sql.SQLException;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Phase 2 as XA calls, their answers read as completions. */
final class XaCommands {
    private static final Logger LOG = LoggerFactory.getLogger(XaCommands.class);

    private XaCommands() {}

    /** A driver may have its own way to say "not known", and a code for refusals that says less than the database did. */
    static Completion commit(XAResource resource, Xid xid, XaQuirks quirks) {
        try {
            resource.commit(xid, false);
            return new Completion.Done();
        } catch (XAException e) {
            XaError error = XaError.of(e);
            letForgetIfAgreed(error, resource, xid);
            return refused(e, quirks).orElseGet(() -> error.ofCommit(XaError.describe(e)));
        }
    }

    /** What the database itself has answered, where that is certain; a branch that it refused is as it was before. */
    private static Optional<Completion> refused(XAException failure, XaQuirks quirks) {
        if (!(failure.getCause() instanceof SQLException refusal)) {
            return Optional.empty();
        }
        if (quirks.isNotKnown(refusal)) {
            return Optional.of(new Completion.NotKnown());
        }
        return quirks.hasDoneNothing(refusal)
                ? Optional.of(new Completion.Unsent(XaError.describe(failure)))
                : Optional.empty();
    }

    static Completion rollback(XAResource resource, Xid xid, XaQuirks quirks) {
        try {
            resource.rollback(xid);
            return new Completion.Done();
        } catch (XAException e) {
            XaError error = XaError.of(e);
            if (error.agreesWithRollback()) {
                letForget(resource, xid);
            }
            return refused(e, quirks).orElseGet(() -> error.ofRollback(XaError.describe(e)));
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

    /** After a commit, in one phase or two. */
    static void letForgetIfAgreed(XaError ofCommit, XAResource resource, Xid xid) {
        if (ofCommit.agreesWithCommit()) {
            letForget(resource, xid);
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
