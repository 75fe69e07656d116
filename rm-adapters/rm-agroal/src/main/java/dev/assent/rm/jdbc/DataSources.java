package dev.assent.rm.jdbc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.StandardPoolQuirks;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import javax.sql.CommonDataSource;
import javax.sql.DataSource;
import javax.sql.XADataSource;

/** Makes pools whose connections take part in global transactions, and whose databases are known to recovery. */
public final class DataSources {
    private static final String USER = "user";
    private static final String PASSWORD = "password";
    private static final String URL = "url";
    private static final Set<Class<?>> PLAIN = Set.of(String.class, int.class, long.class, boolean.class);

    private DataSources() {}

    /** As {@link #pool(String, XADataSource, AssentTransactions, PoolLimits)} with {@link PoolLimits#DEFAULT}. */
    public static AgroalDataSource pool(String name, XADataSource template, AssentTransactions transactions)
            throws SQLException {
        return pool(name, template, transactions, PoolLimits.DEFAULT);
    }

    /**
     * A pool of connections like those of {@code template}, which is read once and not kept.
     *
     * @param name of the database for recovery: the same in every process, 1 to 64 of [A-Za-z0-9._-]
     * @param template a configured driver's data source with a public constructor that takes no arguments
     * @throws IllegalStateException the database cannot take part; the message names the remedy
     */
    public static AgroalDataSource pool(
            String name, XADataSource template, AssentTransactions transactions, PoolLimits limits)
            throws SQLException {
        Map<String, String> settings = settings(template);
        PoolQuirks quirks = PoolQuirks.of(template);
        int login = template.getLoginTimeout();
        Duration loginTimeout = login > 0 ? Duration.ofSeconds(login) : limits.loginTimeout();
        settings.putAll(quirks.connecting(template, loginTimeout));
        Duration answering = quirks.answering(template, limits.socketTimeout());
        AgroalIntegration integration = new AgroalIntegration(name, transactions, quirks, answering);
        AgroalDataSourceConfigurationSupplier configuration = configuration(name, integration, quirks, limits);
        configuration.connectionPoolConfiguration().recoveryEnable().connectionFactoryConfiguration(factory -> {
            factory.connectionProviderClass(template.getClass())
                    .poolRecovery(false)
                    .loginTimeout(loginTimeout)
                    .networkTimeout(answering);
            return configure(factory, settings, factory::xaProperty);
        });
        AgroalDataSource pool = AgroalDataSource.from(configuration);
        return new TransactionalPool(name, pool, integration, transactions, quirks, limits);
    }

    /**
     * The same over a driver without XA. Its database takes part in a transaction as the one that decides it, by a row in a
     * table of its own, or alone; there can be one such in a transaction, and coordinator nodes take none.
     *
     * @param template a configured driver's data source with a public constructor that takes no arguments
     * @throws IllegalStateException the database cannot take part; the message names the remedy
     */
    public static AgroalDataSource localPool(
            String name, DataSource template, AssentTransactions transactions, PoolLimits limits) throws SQLException {
        Map<String, String> settings = settings(template);
        PoolQuirks quirks = new StandardPoolQuirks();
        int login = template.getLoginTimeout();
        AgroalIntegration integration = new AgroalIntegration(name, transactions, quirks, Duration.ZERO);
        AgroalDataSourceConfigurationSupplier configuration = configuration(name, integration, quirks, limits);
        configuration
                .connectionPoolConfiguration()
                .recoveryEnable(false) // it is registered as what it is
                .connectionFactoryConfiguration(factory -> {
                    factory.connectionProviderClass(template.getClass())
                            .loginTimeout(login > 0 ? Duration.ofSeconds(login) : limits.loginTimeout());
                    return configure(factory, settings, factory::jdbcProperty);
                });
        XaResourceManager unused = transactions.registerRecovery(XaResourceManager.local(name, template));
        AgroalDataSource pool = AgroalDataSource.from(configuration);
        return new TransactionalPool(name, pool, integration, transactions, quirks, limits);
    }

    private static AgroalDataSourceConfigurationSupplier configuration(
            String name, AgroalIntegration integration, PoolQuirks quirks, PoolLimits limits) {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        Deaths deaths = new Deaths();
        configuration
                .metricsEnabled()
                .connectionPoolConfiguration()
                .maxSize(limits.connectionsMax())
                .acquisitionTimeout(limits.acquisitionTimeout())
                .reapTimeout(limits.idleTimeout())
                .validateOnBorrow(true)
                .connectionValidator(new BorrowCheck(name, quirks, limits, deaths))
                .exceptionSorter(new FatalErrors(deaths))
                .transactionIntegration(integration);
        return configuration;
    }

    /** Whether this very data source is a pool whose connections take part in global transactions. */
    public static boolean takesPart(DataSource source) {
        return source instanceof AgroalDataSource pool
                && pool.getConfiguration().connectionPoolConfiguration().transactionIntegration()
                        instanceof AgroalIntegration;
    }

    private static AgroalConnectionFactoryConfigurationSupplier configure(
            AgroalConnectionFactoryConfigurationSupplier factory,
            Map<String, String> settings,
            BiConsumer<String, String> property) {
        Optional.ofNullable(settings.remove(URL)).ifPresent(factory::jdbcUrl);
        Optional.ofNullable(settings.remove(USER)).ifPresent(user -> factory.principal(new NamePrincipal(user)));
        Optional.ofNullable(settings.remove(PASSWORD))
                .ifPresent(password -> factory.credential(new SimplePassword(password)));
        settings.forEach(property);
        return factory;
    }

    /** What was set on the template: its bean properties that differ from a new instance's; a URL says it all. */
    private static Map<String, String> settings(CommonDataSource template) {
        try {
            Object fresh = template.getClass().getConstructor().newInstance();
            Map<String, String> settings = new TreeMap<>();
            for (PropertyDescriptor property :
                    Introspector.getBeanInfo(template.getClass()).getPropertyDescriptors()) {
                changed(property, template, fresh).ifPresent(value -> settings.put(property.getName(), value));
            }
            if (settings.containsKey(URL)) {
                settings.keySet().retainAll(Set.of(URL, USER, PASSWORD));
            }
            return settings;
        } catch (IntrospectionException | ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "cannot read the settings of " + template.getClass().getName() + "; a pool needs a driver's own"
                            + " data source class with a public constructor that takes no arguments",
                    e);
        }
    }

    private static Optional<String> changed(PropertyDescriptor property, Object template, Object fresh)
            throws ReflectiveOperationException {
        Method read = property.getReadMethod();
        if (read == null || property.getWriteMethod() == null || !PLAIN.contains(property.getPropertyType())) {
            return Optional.empty();
        }
        Object value = read.invoke(template);
        boolean set = value != null && !Objects.equals(value, read.invoke(fresh));
        return set ? Optional.of(value.toString()) : Optional.empty();
    }
}
