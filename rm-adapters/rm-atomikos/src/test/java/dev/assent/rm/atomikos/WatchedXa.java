package dev.assent.rm.atomikos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/** A data source that says what its XA resources are told, before and after. */
final class WatchedXa {
    private WatchedXa() {}

    /** Both are called with the method's name on the thread that calls; what {@code before} throws is its answer. */
    interface Watch {
        void before(String method) throws XAException;

        default void after(String method) {}
    }

    static XADataSource wrap(XADataSource source, Watch watch) {
        return proxy(XADataSource.class, source, watch);
    }

    private static <T> T proxy(Class<T> type, T target, Watch watch) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (type == XAResource.class) {
                        watch.before(method.getName());
                    }
                    Object result = invoke(target, method, arguments);
                    if (type == XAResource.class) {
                        watch.after(method.getName());
                    }
                    return wrapped(method, result, watch);
                }));
    }

    /** By what the method promises: PostgreSQL's connection and its resource are one object. */
    private static Object wrapped(Method method, Object result, Watch watch) {
        if (method.getReturnType() == XAConnection.class) {
            return proxy(XAConnection.class, (XAConnection) result, watch);
        }
        return method.getReturnType() == XAResource.class
                ? proxy(XAResource.class, (XAResource) result, watch)
                : result;
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
