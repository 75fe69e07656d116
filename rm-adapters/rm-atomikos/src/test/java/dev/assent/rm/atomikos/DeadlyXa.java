package dev.assent.rm.atomikos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;

/** A data source whose process dies right after the first two-phase commit of a branch. */
final class DeadlyXa {
    static final int EXIT_CODE = 137;

    private DeadlyXa() {}

    static XADataSource wrap(XADataSource source, AtomicBoolean dying) {
        return proxy(XADataSource.class, source, dying);
    }

    private static <T> T proxy(Class<T> type, T target, AtomicBoolean dying) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object result = invoke(target, method, arguments);
                    boolean committed = type == XAResource.class
                            && method.getName().equals("commit")
                            && Boolean.FALSE.equals(arguments[1]);
                    if (committed && dying.compareAndSet(false, true)) {
                        Runtime.getRuntime().halt(EXIT_CODE);
                    }
                    return wrapped(method, result, dying);
                }));
    }

    /** By what the method promises: PostgreSQL's connection and its resource are one object. */
    private static Object wrapped(Method method, Object result, AtomicBoolean dying) {
        if (method.getReturnType() == XAConnection.class) {
            return proxy(XAConnection.class, (XAConnection) result, dying);
        }
        return method.getReturnType() == XAResource.class
                ? proxy(XAResource.class, (XAResource) result, dying)
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
