package dev.assent.rm.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pool's handle on the connection of a branch, as the application gets it: savepoints work, which pools and drivers
 * refuse inside a branch though they do not end it; an isolation level can be set before the first statement; and each
 * statement is looked after by {@link BranchWatch}.
 */
final class BranchHandle implements InvocationHandler {
    private final Connection handle;
    private final BranchWatch watch;

    private BranchHandle(Connection handle, BranchWatch watch) {
        this.handle = handle;
        this.watch = watch;
    }

    static Connection of(Connection handle, BranchWatch watch) {
        return proxy(Connection.class, new BranchHandle(handle, watch));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(BranchHandle.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "createStatement", "prepareStatement", "prepareCall" -> statement(proxy, method, arguments);
            case "setSavepoint", "releaseSavepoint" -> savepoint(method, arguments);
            case "rollback" -> rollback(method, arguments);
            case "setTransactionIsolation" -> isolation(method, arguments);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "unwrap", "getMetaData" -> unwatched(method, arguments);
            default -> called(handle, method, arguments);
        };
    }

    /** What leads to the driver's own connection, where nobody looks after statements. */
    private @Nullable Object unwatched(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        checkUsable();
        watch.unseen();
        return called(handle, method, arguments);
    }

    static @Nullable Object called(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private Object statement(Object connection, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Statement statement = (Statement) Objects.requireNonNull(called(handle, method, arguments));
        if (statement.getResultSetConcurrency() == ResultSet.CONCUR_UPDATABLE) {
            watch.unseen(); // rows are changed by its results
        }
        String sql = arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        InvocationHandler handler = new WatchedStatement((Connection) connection, statement, sql, watch);
        return proxy(method.getReturnType(), handler);
    }

    private @Nullable Object savepoint(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        checkUsable();
        return called(watch.raw(), method, arguments);
    }

    /** To a savepoint it leaves the branch open; without one, the pool refuses it. */
    private @Nullable Object rollback(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments == null || !(arguments[0] instanceof Savepoint)) {
            return called(handle, method, arguments);
        }
        return savepoint(method, arguments);
    }

    private @Nullable Object isolation(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        int level = arguments == null ? Connection.TRANSACTION_NONE : (int) arguments[0];
        Optional<String> statement = watch.quirks().isolationStatement(level);
        if (statement.isEmpty()) {
            return called(handle, method, arguments);
        }
        checkUsable();
        if (watch.isUsed()) {
            throw new SQLException(
                    "the isolation level of a transaction is set before its first statement on that database", "25001");
        }
        try (Statement setting = watch.raw().createStatement()) {
            setting.execute(statement.get());
        }
        return null;
    }

    /** The pool checks in every call that the handle is open and belongs to the thread's transaction. */
    private void checkUsable() throws SQLException {
        boolean unused = handle.getAutoCommit();
    }
}
