package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.OutcomeUnknownException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Spring's transaction manager over ours; it tells an unknown outcome by an exception of its own. */
final class SpringTransactions extends JtaTransactionManager {
    private static final long serialVersionUID = 1L;

    private SpringTransactions(AssentTransactions transactions) {
        super(transactions, transactions);
        setTransactionSynchronizationRegistry(transactions);
    }

    static JtaTransactionManager manager(AssentTransactions transactions) {
        return new SpringTransactions(transactions);
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        try {
            super.doCommit(status);
        } catch (TransactionSystemException failed) {
            throw told(failed);
        }
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        try {
            super.doRollback(status);
        } catch (TransactionSystemException failed) {
            throw told(failed);
        }
    }

    private static TransactionSystemException told(TransactionSystemException failed) {
        return failed.getCause() instanceof OutcomeUnknownException unknown
                ? new TransactionOutcomeUnknownException(unknown)
                : failed;
    }
}
