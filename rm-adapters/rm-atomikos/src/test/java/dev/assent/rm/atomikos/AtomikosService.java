package dev.assent.rm.atomikos;

import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.jdbc.AtomikosDataSourceBean;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresServer.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.sql.XADataSource;

/** A service with two databases whose transactions Atomikos runs, in this JVM: one at a time, as Atomikos has it. */
final class AtomikosService implements AutoCloseable {
    private final UserTransactionServiceImp atomikos;
    private final List<AtomikosDataSourceBean> pools;
    private final AtomikosResource resource;

    /**
     * @param wire around the driver of each database
     * @param properties of Atomikos' and ours
     */
    AtomikosService(
            AssentTransactions transactions,
            List<Database> databases,
            UnaryOperator<XADataSource> wire,
            Map<String, String> properties)
            throws SQLException {
        Properties all = new Properties();
        all.setProperty("com.atomikos.icatch.tm_unique_name", "orders");
        all.setProperty("com.atomikos.icatch.recovery_delay", "300");
        properties.forEach(all::setProperty);
        atomikos = new UserTransactionServiceImp(all);
        atomikos.init();
        pools = List.of(
                pool("first", wire.apply(databases.get(0).xa())),
                pool("second", wire.apply(databases.get(1).xa())));
        resource = AtomikosResource.open("orders-atomikos");
        resource.takePart(transactions);
    }

    private static AtomikosDataSourceBean pool(String name, XADataSource source) throws SQLException {
        AtomikosDataSourceBean pool = new AtomikosDataSourceBean();
        pool.setUniqueResourceName(name);
        pool.setXaDataSource(source);
        pool.setMaxPoolSize(5);
        pool.init();
        return pool;
    }

    AtomikosResource resource() {
        return resource;
    }

    /** In both databases, within the thread's transaction. */
    void insert(String id) throws Exception {
        resource.work(() -> {
            insert(0, id);
            insert(1, id);
            return id;
        });
    }

    /** In one database, within Atomikos' transaction of the thread. */
    void insert(int database, String id) throws SQLException {
        try (Connection connection = pools.get(database).getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into work (id) values (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    /** As far as it goes in one JVM, the death of the process: nothing is waited for, nothing is rolled back. */
    @Override
    public void close() {
        pools.forEach(AtomikosDataSourceBean::close);
        atomikos.shutdown(true);
    }
}
