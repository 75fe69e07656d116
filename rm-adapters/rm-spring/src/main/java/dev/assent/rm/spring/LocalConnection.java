package dev.assent.rm.spring;

import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Lets what Spring gives out of a data source on this thread be one connection, for the time of some work. */
final class LocalConnection {
    private LocalConnection() {}

    /** Work that may throw anything. */
    interface Work {
        @Nullable
        Object run() throws Throwable;
    }

    static @Nullable Object within(DataSource source, Connection connection, Work work) throws Exception {
        Object before = TransactionSynchronizationManager.unbindResourceIfPossible(source);
        TransactionSynchronizationManager.bindResource(source, new ConnectionHolder(connection));
        try {
            return work.run();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable odd) {
            throw new IllegalStateException(odd);
        } finally {
            TransactionSynchronizationManager.unbindResourceIfPossible(source);
            if (before != null) {
                TransactionSynchronizationManager.bindResource(source, before);
            }
        }
    }
}
