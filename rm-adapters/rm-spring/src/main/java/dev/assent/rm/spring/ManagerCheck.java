package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.jta.JtaTransactionManager;

/**
 * Sees at the start that {@code @Transactional} leads to global transactions. An application that has only managers of
 * other kinds, as a {@code DataSourceTransactionManager} or a {@code JpaTransactionManager}, does not start: work in several
 * databases would be committed one by one, and nothing would say so. Beside one of ours each of the others is told.
 */
final class ManagerCheck implements SmartInitializingSingleton {
    private static final Logger LOG = LoggerFactory.getLogger(ManagerCheck.class);

    private final ListableBeanFactory beans;
    private final AssentTransactions transactions;

    ManagerCheck(ListableBeanFactory beans, AssentTransactions transactions) {
        this.beans = beans;
        this.transactions = transactions;
    }

    @Override
    public void afterSingletonsInstantiated() {
        SortedMap<String, TransactionManager> others =
                new TreeMap<>(beans.getBeansOfType(TransactionManager.class, false, false));
        int all = others.size();
        others.values().removeIf(this::isOurs);
        String told = others.entrySet().stream()
                .map(other -> "'" + other.getKey() + "' ("
                        + other.getValue().getClass().getSimpleName() + ")")
                .collect(Collectors.joining(", "));
        if (all > 0 && others.size() == all) {
            throw new ForeignManagerException(told);
        }
        if (!others.isEmpty()) {
            LOG.warn(
                    "what @Transactional does by the transaction manager {} is in no global transaction: each pool that"
                            + " it uses commits by itself",
                    told);
        }
    }

    private boolean isOurs(TransactionManager manager) {
        Object behind = AopProxyUtils.getSingletonTarget(manager);
        return (behind == null ? manager : behind) instanceof JtaTransactionManager jta
                && (jta.getTransactionManager() == transactions || jta.getUserTransaction() == transactions);
    }
}
