package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import org.springframework.transaction.jta.JtaTransactionManager;

/** Spring's transaction manager over ours. */
final class SpringTransactions {
    private SpringTransactions() {}

    static JtaTransactionManager manager(AssentTransactions transactions) {
        JtaTransactionManager manager = new JtaTransactionManager(transactions, transactions);
        manager.setTransactionSynchronizationRegistry(transactions);
        return manager;
    }
}
