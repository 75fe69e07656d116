package dev.assent.rm.xa.quirk;

import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** What a resource of one connection answers that no other one joins, and whose time is kept by its coordinator. */
public abstract class LoneXaResource implements XAResource {
    @Override
    public final boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    public final int getTransactionTimeout() {
        return 0;
    }

    @Override
    public final boolean setTransactionTimeout(int seconds) {
        return false;
    }

    /** An answer with its code, and the driver's words if there are any. */
    protected static XAException failure(int code, String what, @Nullable SQLException cause) {
        XAException failure = new XAException(cause == null ? what : what + ": " + cause.getMessage());
        failure.errorCode = code;
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
