package dev.assent.shop.tcc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A data source whose commits tell when they are through. */
final class WatchedCommits {
    private WatchedCommits() {}

    static DataSource over(DataSource source, Runnable committed) {
        return wrap(
                DataSource.class,
                source,
                "getConnection",
                connection -> wrap(Connection.class, (Connection) connection, "commit", nothing -> {
                    committed.run();
                    return nothing;
                }));
    }

    private static <T> T wrap(Class<T> type, T target, String method, UnaryOperator<Object> after) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    Object result;
                    try {
                        result = called.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    return called.getName().equals(method) ? after.apply(result) : result;
                }));
    }
}
