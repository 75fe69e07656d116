package dev.assent.rm.jta;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.Outcome;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;

/** Outcomes as Jakarta Transactions tells them to the caller of commit and rollback (section 3.3.3 and {@code Transaction}). */
final class OutcomeReport {
    private OutcomeReport() {}

    /** Returns if the transaction is committed, and throws what Jakarta Transactions has for anything else. */
    static void ofCommit(GlobalTransaction transaction, Outcome outcome)
            throws RollbackException, HeuristicMixedException, HeuristicRollbackException, SystemException {
        String id = transaction.id();
        if (outcome instanceof Outcome.RolledBack rolledBack) {
            throw new RollbackException("transaction " + id + " rolled back: " + rolledBack.cause());
        }
        if (outcome instanceof Outcome.HeuristicRolledBack rolledBack) {
            throw new HeuristicRollbackException("transaction " + id
                    + " was decided to commit, and its resources rolled back by themselves: " + rolledBack.detail());
        }
        if (outcome instanceof Outcome.HeuristicMixed mixed) {
            throw new HeuristicMixedException(
                    "transaction " + id + " ended differently in some of its resources: " + mixed.detail());
        }
        if (outcome instanceof Outcome.HeuristicHazard hazard) {
            throw new HeuristicMixedException("transaction " + id + " may have ended differently in some of its"
                    + " resources: " + hazard.detail());
        }
        if (outcome instanceof Outcome.Unknown unknown) {
            throw new OutcomeUnknownException(id, transaction.token(), unknown.cause());
        }
        if (!(outcome instanceof Outcome.Committed)) {
            throw new OutcomeUnknownException(id, transaction.token(), "it ended in a way not known here: " + outcome);
        }
    }

    /** Returns if the transaction is rolled back. */
    static void ofRollback(GlobalTransaction transaction, Outcome outcome) throws SystemException {
        String id = transaction.id();
        if (outcome instanceof Outcome.Unknown unknown) {
            throw new OutcomeUnknownException(id, transaction.token(), unknown.cause());
        }
        if (!(outcome instanceof Outcome.RolledBack)) {
            throw new SystemException("transaction " + id + " was told to roll back; as far as is known: " + outcome);
        }
    }
}
