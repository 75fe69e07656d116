package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.BranchId;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * What can be learnt, by questions of XA, of a branch whose JDBC connection is out of sight and whose driver's answers
 * are not true as they stand.
 */
final class UnseenBranch {
    private static final int WHOLE_SCAN = XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN;

    private UnseenBranch() {}

    /** Whether the database has given the branch up, which it says to any question inside of it. */
    static boolean isAborted(XAResource resource, XaQuirks quirks) throws XAException {
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

    /** Whether the database holds it prepared. */
    static boolean isPrepared(XAResource resource, BranchId branch) throws XAException {
        for (Xid held : resource.recover(WHOLE_SCAN)) {
            if (held.getFormatId() == branch.formatId() && XaXid.branchOf(held).equals(branch)) {
                return true;
            }
        }
        return false;
    }
}
