package dev.assent.outbox.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Connections of a database, as many at a time as a pool has; one more is refused, and counted. */
public final class SmallPool {
    private final DataSource database;
    private final int size;
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    public SmallPool(DataSource database, int size) {
        this.database = database;
        this.size = size;
    }

    public int refused() {
        return refused.get();
    }

    public DataSource dataSource() {
        return proxy(
                DataSource.class,
                (self, method, arguments) ->
                        method.getName().equals("getConnection") ? taken() : method.invoke(database, arguments));
    }

    private Connection taken() throws SQLException {
        if (inUse.incrementAndGet() > size) {
            inUse.decrementAndGet();
            refused.incrementAndGet();
            throw new SQLException("all " + size + " connections are in use");
        }
        Connection connection = database.getConnection();
        AtomicBoolean isBack = new AtomicBoolean();
        return proxy(Connection.class, (self, method, arguments) -> {
            if (method.getName().equals("close") && isBack.compareAndSet(false, true)) {
                inUse.decrementAndGet();
            }
            return method.invoke(connection, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(
                SmallPool.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return handler.invoke(self, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
