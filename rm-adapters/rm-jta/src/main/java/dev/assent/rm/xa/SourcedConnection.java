package dev.assent.rm.xa;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a resource manager that speaks no JDBC, in the form in which databases come: it has an
 * {@link XAResource}, a name of its kind, and can be closed, once, by whoever is first.
 */
final class SourcedConnection extends UnpooledConnection {
    /** No database is called so: nothing is presumed of its driver. */
    private static final String PRODUCT = "XAResource";

    private final XaResourceSource.Opened opened;
    private final AtomicBoolean closed = new AtomicBoolean();

    SourcedConnection(XaResourceSource.Opened opened) {
        this.opened = opened;
    }

    @Override
    public XAResource getXAResource() {
        return opened.resource();
    }

    @Override
    public Connection getConnection() {
        return proxy(Connection.class, this::answer);
    }

    private @Nullable Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        return switch (method.getName()) {
            case "getMetaData" -> proxy(DatabaseMetaData.class, SourcedConnection::describe);
            case "abort" -> {
                close();
                yield null;
            }
            case "close" -> null; // a handle only
            case "isClosed" -> closed.get();
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "toString" -> "a handle on " + opened.resource();
            default -> throw new SQLFeatureNotSupportedException("this resource manager speaks no JDBC");
        };
    }

    private static Object describe(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        if (method.getName().equals("getDatabaseProductName")) {
            return PRODUCT;
        }
        throw new SQLFeatureNotSupportedException("this resource manager speaks no JDBC");
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(SourcedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public void close() throws SQLException {
        if (closed.compareAndSet(false, true)) {
            XaResourceSource.close(opened);
        }
    }
}
