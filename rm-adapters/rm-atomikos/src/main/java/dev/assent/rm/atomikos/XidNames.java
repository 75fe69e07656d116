package dev.assent.rm.atomikos;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * Tells the XIDs of one Atomikos instance from all others in a database.
 *
 * <p>Atomikos itself compares by prefix, so that "shop" also claims the branches of "shop2". Here both halves must
 * match as wholes: gtrid = name, 13 digits of milliseconds, 5 digits of a counter; bqual = name and a counter.
 */
final class XidNames {
    /** "ATOM", the format of all Atomikos XIDs. */
    static final int FORMAT_ID = 0x41544F4D;

    private final Pattern gtridPattern;
    private final Pattern bqualPattern;

    XidNames(String tmUniqueName) {
        gtridPattern = Pattern.compile(Pattern.quote(tmUniqueName) + "([0-9]{13})[0-9]{5}");
        bqualPattern = Pattern.compile(Pattern.quote(tmUniqueName) + "[0-9]{1,19}");
    }

    /** The coordinator's id in the XID, if it is one of this instance's. */
    Optional<String> coordinatorOf(Xid xid) {
        String gtrid = new String(xid.getGlobalTransactionId(), StandardCharsets.UTF_8);
        String bqual = new String(xid.getBranchQualifier(), StandardCharsets.UTF_8);
        boolean ours = xid.getFormatId() == FORMAT_ID
                && gtridPattern.matcher(gtrid).matches()
                && bqualPattern.matcher(bqual).matches();
        return ours ? Optional.of(gtrid) : Optional.empty();
    }

    /** When the coordinator was created by the clock of its process; a hint, never a reason to decide. */
    long createdMillis(String coordinatorId) {
        Matcher matcher = gtridPattern.matcher(coordinatorId);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
    }
}
