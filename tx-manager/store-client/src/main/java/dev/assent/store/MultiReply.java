package dev.assent.store;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/**
 * What a multi came to.
 *
 * @param code {@code OK}, or why not
 * @param failedOperation the operation that stopped it, from 0; -1 when none is named. A multi that was stopped by one
 *     of its operations has changed nothing; one without an answer may have been applied
 */
public record MultiReply(StoreCode code, int failedOperation) {
    /** What servers answer to a multi as a whole. Not AUTHFAILED: the client says it of what was under way, too. */
    private static final Set<StoreCode> OF_THE_WHOLE = Collections.unmodifiableSet(EnumSet.of(
            StoreCode.NOAUTH,
            StoreCode.INVALIDACL,
            StoreCode.BADARGUMENTS,
            StoreCode.UNIMPLEMENTED,
            StoreCode.MARSHALLINGERROR,
            StoreCode.QUOTAEXCEEDED));

    public boolean isApplied() {
        return code == StoreCode.OK;
    }

    /** Whether a server has answered that nothing was changed, and by this attempt never will be. */
    public boolean isRefused() {
        return failedOperation >= 0 || OF_THE_WHOLE.contains(code);
    }

    /** Operations before the one at fault are marked as well, those after it as a runtime inconsistency. */
    static MultiReply of(int code, @Nullable List<OpResult> results) {
        for (int place = 0; results != null && place < results.size(); place++) {
            if (results.get(place) instanceof OpResult.ErrorResult error && isCause(StoreCode.of(error.getErr()))) {
                return new MultiReply(StoreCode.of(error.getErr()), place);
            }
        }
        return new MultiReply(StoreCode.of(code), -1);
    }

    private static boolean isCause(StoreCode code) {
        return code != StoreCode.OK && code != StoreCode.RUNTIMEINCONSISTENCY;
    }
}
