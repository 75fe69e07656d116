package dev.assent.rm.postgresql;

import java.util.Base64;
import javax.transaction.xa.Xid;

/** What branches are called in {@code pg_prepared_xacts}: as pgjdbc calls them, so that either finds the other's. */
final class BranchNames {
    private BranchNames() {}

    static String gid(Xid xid) {
        Base64.Encoder base64 = Base64.getEncoder();
        return xid.getFormatId()
                + "_"
                + base64.encodeToString(xid.getGlobalTransactionId())
                + "_"
                + base64.encodeToString(xid.getBranchQualifier());
    }
}
