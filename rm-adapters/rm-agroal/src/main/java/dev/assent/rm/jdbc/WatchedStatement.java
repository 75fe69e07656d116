package dev.assent.rm.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a branch: each execution is looked after, and its connection is the handle it was made from. */
final class WatchedStatement implements InvocationHandler {
    private static final int BATCH_CHARS_MAX = 10_000;

    private final Connection connection;
    private final Statement statement;
    private final String prepared;
    private final BranchWatch watch;
    private final StringBuilder batch = new StringBuilder();

    WatchedStatement(Connection connection, Statement statement, String prepared, BranchWatch watch) {
        this.connection = connection;
        this.statement = statement;
        this.prepared = prepared;
        this.watch = watch;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        if (name.startsWith("execute")) {
            if (batch.length() >= BATCH_CHARS_MAX) {
                watch.begin(); // the rest of its text is not known
            }
            return watch.run(text(name, arguments), () -> BranchHandle.called(statement, method, arguments));
        }
        return switch (name) {
            case "getConnection" -> connection;
            case "unwrap" -> {
                boolean unused = connection.getAutoCommit(); // the pool checks that it is still the branch's
                watch.unseen();
                yield BranchHandle.called(statement, method, arguments);
            }
            case "addBatch" -> added(method, arguments);
            case "clearBatch" -> cleared(method, arguments);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> BranchHandle.called(statement, method, arguments);
        };
    }

    /** What a batch is made of, as far as it is needed to tell a commit from a rollback. */
    private @Nullable Object added(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments != null && arguments[0] instanceof String sql && batch.length() < BATCH_CHARS_MAX) {
            batch.append(sql).append(';');
        }
        return BranchHandle.called(statement, method, arguments);
    }

    private @Nullable Object cleared(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        batch.setLength(0);
        return BranchHandle.called(statement, method, arguments);
    }

    private String text(String name, @Nullable Object @Nullable [] arguments) {
        if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
            return sql;
        }
        if (!name.contains("Batch") || batch.isEmpty()) {
            return prepared;
        }
        String all = batch.toString();
        batch.setLength(0);
        return all;
    }
}
