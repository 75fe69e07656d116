package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import jakarta.transaction.Status;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.core.Ordered;

/**
 * Guards the {@code DataSource} beans that take no part in global transactions: each is told at the start, and gives
 * no connection inside a transaction, where its work would be committed by itself. Beans excluded by name are left
 * alone. Outside of transactions, where migrations and health checks work, nothing changes.
 */
final class DataSourceGuards implements BeanPostProcessor, BeanFactoryAware, SmartInitializingSingleton, Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(DataSourceGuards.class);
    private static final String SCOPED_TARGET = "scopedTarget.";

    private final Set<String> excluded;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final List<AssentTransactions> transactions = new CopyOnWriteArrayList<>();
    private BeanFactory beans = new StaticListableBeanFactory();

    DataSourceGuards(Set<String> excluded) {
        this.excluded = Set.copyOf(excluded);
    }

    /** After those that wrap data sources for other purposes. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) throws BeansException {
        beans = beanFactory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof AssentTransactions ours) {
            transactions.add(ours);
            return bean;
        }
        // A scoped proxy stands for its target, which comes by itself.
        if (!(bean instanceof DataSource source) || bean instanceof ScopedObject) {
            return bean;
        }
        String name = beanName.startsWith(SCOPED_TARGET) ? beanName.substring(SCOPED_TARGET.length()) : beanName;
        if (excluded.contains(name) || Enlistment.takesPart(source)) {
            return bean;
        }
        if (told.add(name)) {
            LOG.warn(
                    "the DataSource bean '{}' ({}) takes no part in transactions, and is refused inside them. {}",
                    name,
                    bean.getClass().getSimpleName(),
                    remedy(name));
        }
        return guarded(source, name);
    }

    /** Those that were there before this was. */
    @Override
    public void afterSingletonsInstantiated() {
        if (transactions.isEmpty() && beans instanceof ListableBeanFactory all) {
            transactions.addAll(
                    all.getBeansOfType(AssentTransactions.class, false, false).values());
        }
    }

    /** A subclass where that is possible, so that the bean can still be injected by its own type. */
    private Object guarded(DataSource source, String name) {
        ProxyFactory proxies = new ProxyFactory(source);
        proxies.addAdvice(new GuardedConnections(name, this::inTransaction));
        proxies.setProxyTargetClass(true);
        ClassLoader loader = source.getClass().getClassLoader();
        try {
            return proxies.getProxy(loader);
        } catch (AopConfigException notToBeExtended) {
            LOG.debug("the DataSource bean '{}' is guarded by its interfaces only", name, notToBeExtended);
            ProxyFactory plain = new ProxyFactory(source);
            plain.addAdvice(new GuardedConnections(name, this::inTransaction));
            return plain.getProxy(loader);
        }
    }

    private boolean inTransaction() {
        return transactions.stream().anyMatch(ours -> ours.getStatus() != Status.STATUS_NO_TRANSACTION);
    }

    static String remedy(String name) {
        return "If its work belongs to transactions, make it with DataSources.pool(name, XADataSource,"
                + " AssentTransactions). If it shall last even when the transaction rolls back:"
                + " assent.datasource.excluded=" + name;
    }
}
