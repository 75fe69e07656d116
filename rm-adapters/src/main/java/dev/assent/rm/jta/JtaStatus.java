package dev.assent.rm.jta;

import dev.assent.tx.model.Outcome;
import jakarta.transaction.Status;

/** {@link Status} as a type. */
enum JtaStatus {
    ACTIVE(Status.STATUS_ACTIVE),
    MARKED_ROLLBACK(Status.STATUS_MARKED_ROLLBACK),
    COMMITTED(Status.STATUS_COMMITTED),
    ROLLED_BACK(Status.STATUS_ROLLEDBACK),
    /** The decision was taken or not; this process does not know. Also for outcomes that differ between branches. */
    UNKNOWN(Status.STATUS_UNKNOWN),
    NO_TRANSACTION(Status.STATUS_NO_TRANSACTION),
    COMMITTING(Status.STATUS_COMMITTING),
    ROLLING_BACK(Status.STATUS_ROLLING_BACK);

    private final int code;

    JtaStatus(int code) {
        this.code = code;
    }

    /** The constant of {@link Status}. */
    int code() {
        return code;
    }

    boolean isOpen() {
        return this == ACTIVE || this == MARKED_ROLLBACK;
    }

    static JtaStatus after(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            return COMMITTED;
        }
        return outcome instanceof Outcome.RolledBack ? ROLLED_BACK : UNKNOWN;
    }
}
