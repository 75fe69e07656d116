package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.BranchId;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be learnt, by questions of XA, of a branch whose JDBC connection is out of sight or shows nothing: its
 * driver's answers are not believed as they stand.
 */
final class UnseenBranch {
    private static final Logger LOG = LoggerFactory.getLogger(UnseenBranch.class);
    private static final int WHOLE_SCAN = XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN;

    private UnseenBranch() {}

    /** Whether the database has given the branch up: where it does so in silence it says so to any question inside. */
    static boolean isAborted(XAResource resource, XaQuirks quirks) throws XAException {
        if (!quirks.abortsInSilence()) {
            return false; // prepare tells
        }
        try {
            Xid[] unused = resource.recover(WHOLE_SCAN);
            return false;
        } catch (XAException e) {
            if (e.getCause() instanceof SQLException refusal && quirks.isAborted(refusal)) {
                return true;
            }
            throw e;
        }
    }

    /**
     * Whether the database holds it prepared, which recovery's own connection is asked too: users may not be allowed to
     * see what they have prepared, and drivers may not list it where they did.
     */
    static boolean isPrepared(XAResource resource, BranchId branch, XaResourceManager home)
            throws XAException, SQLException {
        return isListedThere(resource, branch) || home.<Boolean>command(fresh -> isListed(fresh, branch));
    }

    private static boolean isListedThere(XAResource resource, BranchId branch) {
        try {
            return isListed(resource, branch);
        } catch (XAException refused) {
            LOG.debug("branch {}: its own connection does not list what is prepared", branch, refused);
            return false;
        }
    }

    private static boolean isListed(XAResource resource, BranchId branch) throws XAException {
        for (Xid held : resource.recover(WHOLE_SCAN)) {
            if (held.getFormatId() == branch.formatId() && XaXid.branchOf(held).equals(branch)) {
                return true;
            }
        }
        return false;
    }
}
