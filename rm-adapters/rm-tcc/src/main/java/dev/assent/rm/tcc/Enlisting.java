package dev.assent.rm.tcc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.spi.Participant;
import jakarta.transaction.RollbackException;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** The transaction that a try belongs to. */
interface Enlisting {
    /** Adds a branch before its work starts; throws when the transaction takes no more. */
    BranchId enlist(String resource, Function<BranchId, Participant> participant);

    /** From now on it can only roll back. */
    void setRollbackOnly(String cause);

    /** Runs work that is not the transaction's, on the same thread. */
    <T> T outside(Callable<T> work) throws Exception;

    /** That of the current thread. */
    static Enlisting ofThread(AssentTransactions transactions, Outside outside) {
        return new Enlisting() {
            @Override
            public BranchId enlist(String resource, Function<BranchId, Participant> participant) {
                try {
                    return transactions.enlist(resource, participant);
                } catch (RollbackException refused) {
                    throw new IllegalStateException("no try: " + refused.getMessage(), refused);
                }
            }

            @Override
            public void setRollbackOnly(String cause) {
                transactions.noteFailure(cause);
                transactions.setRollbackOnly();
            }

            @Override
            public <T> T outside(Callable<T> work) throws Exception {
                return outside.run(work);
            }
        };
    }

    /** One that no thread is bound to. */
    static Enlisting of(GlobalTransaction transaction) {
        return new Enlisting() {
            @Override
            public BranchId enlist(String resource, Function<BranchId, Participant> participant) {
                BranchId branch = transaction.newBranch(resource);
                transaction.enlist(branch, participant.apply(branch));
                return branch;
            }

            @Override
            public void setRollbackOnly(String cause) {
                transaction.setRollbackOnly(cause);
            }

            @Override
            public <T> T outside(Callable<T> work) throws Exception {
                return work.call();
            }
        };
    }
}
