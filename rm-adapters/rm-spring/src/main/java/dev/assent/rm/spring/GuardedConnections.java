package dev.assent.rm.spring;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Lets a data source give no connection while the thread is in a transaction. */
final class GuardedConnections implements MethodInterceptor {
    private static final Set<String> CONNECTIONS = Set.of("getConnection", "createConnectionBuilder");

    private final String name;
    private final BooleanSupplier inTransaction;

    GuardedConnections(String name, BooleanSupplier inTransaction) {
        this.name = name;
        this.inTransaction = inTransaction;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        if (CONNECTIONS.contains(call.getMethod().getName()) && inTransaction.getAsBoolean()) {
            throw new SQLException("no connection of the DataSource bean '" + name + "' inside a transaction: it takes"
                    + " no part, so its work would be committed by itself. " + DataSourceGuards.remedy(name));
        }
        return call.proceed();
    }
}
