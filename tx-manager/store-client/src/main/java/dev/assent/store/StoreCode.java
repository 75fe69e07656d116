package dev.assent.store;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.KeeperException;

/** What the store answers, by the names of ZooKeeper's protocol. */
public enum StoreCode {
    OK,
    SYSTEMERROR,
    RUNTIMEINCONSISTENCY,
    DATAINCONSISTENCY,
    CONNECTIONLOSS,
    MARSHALLINGERROR,
    UNIMPLEMENTED,
    OPERATIONTIMEOUT,
    BADARGUMENTS,
    NEWCONFIGNOQUORUM,
    RECONFIGINPROGRESS,
    UNKNOWNSESSION,
    APIERROR,
    NONODE,
    NOAUTH,
    BADVERSION,
    NOCHILDRENFOREPHEMERALS,
    NODEEXISTS,
    NOTEMPTY,
    SESSIONEXPIRED,
    INVALIDCALLBACK,
    INVALIDACL,
    AUTHFAILED,
    SESSIONMOVED,
    NOTREADONLY,
    EPHEMERALONLOCALSESSION,
    NOWATCHER,
    REQUESTTIMEOUT,
    RECONFIGDISABLED,
    SESSIONCLOSEDREQUIRESASLAUTH,
    QUOTAEXCEEDED,
    THROTTLEDOP,
    /** One that this client has no name for. */
    OTHER;

    private static final Set<StoreCode> SILENCE = Collections.unmodifiableSet(
            EnumSet.of(CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONEXPIRED, SESSIONMOVED));
    private static final Map<Integer, StoreCode> BY_NUMBER = byNumber();

    private static Map<Integer, StoreCode> byNumber() {
        Map<Integer, StoreCode> codes = new HashMap<>();
        for (StoreCode code : values()) {
            if (code != OTHER) {
                codes.put(KeeperException.Code.valueOf(code.name()).intValue(), code);
            }
        }
        return codes;
    }

    static StoreCode of(int number) {
        return number == 0 ? OK : BY_NUMBER.getOrDefault(number, OTHER);
    }

    /** Whether no server has answered, so that the request may have been carried out, or may yet be. */
    public boolean isSilence() {
        return SILENCE.contains(this);
    }
}
