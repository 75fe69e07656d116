package dev.assent.tx.store;

import java.io.IOException;
import org.apache.zookeeper.KeeperException;

/** The store refused a request, or did not answer it; in the second case nothing is known of its effect. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    private final KeeperException.Code code;

    StoreException(KeeperException.Code code, String message) {
        super(message);
        this.code = code;
    }

    KeeperException.Code code() {
        return code;
    }

    boolean is(KeeperException.Code other) {
        return code == other;
    }

    /** Whether the store answered this request, so that another may fare better; it is not away. */
    boolean isOfThisRequest() {
        return switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONEXPIRED, SESSIONMOVED, AUTHFAILED, REQUESTTIMEOUT -> false;
            default -> true;
        };
    }
}
