package dev.assent.rm.jta;

import dev.assent.tx.model.Outcome;
import jakarta.transaction.Status;

/** {@link Status} as a type. */
enum JtaStatus {
    ACTIVE(Status.STATUS_ACTIVE),
    MARKED_ROLLBACK(Status.STATUS_MARKED_ROLLBACK),
    PREPARING(Status.STATUS_PREPARING),
    PREPARED(Status.STATUS_PREPARED),
    COMMITTING(Status.STATUS_COMMITTING),
    ROLLING_BACK(Status.STATUS_ROLLING_BACK),
    COMMITTED(Status.STATUS_COMMITTED),
    ROLLED_BACK(Status.STATUS_ROLLEDBACK),
    /** The decision was taken or not; this process does not know. Also for outcomes that differ between branches. */
    UNKNOWN(Status.STATUS_UNKNOWN),
    NO_TRANSACTION(Status.STATUS_NO_TRANSACTION);

    private final int code;

    JtaStatus(int code) {
        this.code = code;
    }

    /** The constant of {@link Status}. */
    int code() {
        return code;
    }

    /** Whether work is, or may still be, done in it. */
    boolean isOpen() {
        return this == ACTIVE || this == MARKED_ROLLBACK;
    }

    /** Whether nothing of it is left to be done by its threads. */
    boolean isOver() {
        return this == COMMITTED || this == ROLLED_BACK || this == UNKNOWN || this == NO_TRANSACTION;
    }

    /** Whether it can only roll back, or has. */
    boolean isRollback() {
        return this == MARKED_ROLLBACK || this == ROLLING_BACK || this == ROLLED_BACK;
    }

    /** Whether a transaction that ends may go on from this status to {@code next}: there is no way back. */
    boolean leadsTo(JtaStatus next) {
        return switch (this) {
            case PREPARING -> next == PREPARED || next == COMMITTING || next == ROLLING_BACK;
            case PREPARED -> next == COMMITTING || next == ROLLING_BACK;
            case ACTIVE, MARKED_ROLLBACK, COMMITTING, ROLLING_BACK, COMMITTED, ROLLED_BACK, UNKNOWN, NO_TRANSACTION ->
                false;
        };
    }

    static JtaStatus after(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            return COMMITTED;
        }
        boolean rolledBack = outcome instanceof Outcome.RolledBack || outcome instanceof Outcome.HeuristicRolledBack;
        return rolledBack ? ROLLED_BACK : UNKNOWN;
    }
}
