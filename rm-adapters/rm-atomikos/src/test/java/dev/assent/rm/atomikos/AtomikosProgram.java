package dev.assent.rm.atomikos;

import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.icatch.jta.UserTransactionManager;
import com.atomikos.jdbc.AtomikosDataSourceBean;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.XADataSource;
import org.postgresql.xa.PGXADataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An application on Atomikos and two PostgreSQL databases, as a process of its own that is there to be killed.
 *
 * <p>Arguments: what to do, the two JDBC addresses, then Atomikos' properties as {@code name=value}.
 */
public final class AtomikosProgram {
    private static final Logger LOG = LoggerFactory.getLogger(AtomikosProgram.class);

    /** What the process prints once it can be relied on to be at work. */
    static final String READY = "ready";

    /** The exit code of a process that should have died inside a commit and did not. */
    private static final int SURVIVED = 1;

    private static final int THREADS = 8;
    private static final int POOL_SIZE = 12;

    private enum Task {
        /** Two-branch transactions from 8 threads until somebody kills the process. */
        TRANSACT,
        /** One transaction; the process dies right after the first of its two branches has committed. */
        DIE_BETWEEN_COMMITS,
        /** Nothing: recovery alone is at work. */
        RECOVER
    }

    private final AtomikosDataSourceBean first;
    private final AtomikosDataSourceBean second;
    private final UserTransactionManager transactions = new UserTransactionManager();

    private AtomikosProgram(AtomikosDataSourceBean first, AtomikosDataSourceBean second) {
        this.first = first;
        this.second = second;
    }

    public static void main(String[] arguments) throws Exception {
        Task task = Task.valueOf(arguments[0]);
        Properties properties = new Properties();
        for (int i = 3; i < arguments.length; i++) {
            String[] property = arguments[i].split("=", 2);
            properties.setProperty(property[0], property[1]);
        }
        UserTransactionServiceImp service = new UserTransactionServiceImp(properties);
        service.init();
        AtomicBoolean dying = new AtomicBoolean();
        AtomikosProgram program = new AtomikosProgram(
                pool("first", arguments[1], task, dying), pool("second", arguments[2], task, dying));
        program.run(task);
    }

    private static AtomikosDataSourceBean pool(String name, String url, Task task, AtomicBoolean dying)
            throws Exception {
        PGXADataSource database = new PGXADataSource();
        database.setUrl(url);
        XADataSource source = task == Task.DIE_BETWEEN_COMMITS ? DeadlyXa.wrap(database, dying) : database;
        AtomikosDataSourceBean pool = new AtomikosDataSourceBean();
        pool.setUniqueResourceName(name);
        pool.setXaDataSource(source);
        pool.setPoolSize(POOL_SIZE);
        pool.init();
        return pool;
    }

    private void run(Task task) throws Exception {
        if (task == Task.DIE_BETWEEN_COMMITS) {
            System.out.println(READY);
            try {
                transact("between-commits");
            } catch (Exception e) {
                LOG.error("the process should have died inside this commit", e);
            } finally {
                Runtime.getRuntime().halt(SURVIVED); // Atomikos' threads would keep the process alive
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        String run = UUID.randomUUID().toString();
        for (int i = 0; task == Task.TRANSACT && i < THREADS; i++) {
            String thread = run + "-" + i;
            threads.execute(() -> transactForEver(thread));
        }
        System.out.println(READY);
        if (!threads.awaitTermination(1, TimeUnit.HOURS)) {
            threads.shutdownNow();
        }
    }

    private void transactForEver(String thread) {
        for (long number = 0; !Thread.currentThread().isInterrupted(); number++) {
            try {
                transact(thread + "-" + number);
            } catch (Exception e) {
                LOG.warn("a transaction failed: {}", e.toString());
            }
        }
    }

    private void transact(String id) throws Exception {
        transactions.begin();
        try {
            insert(first, id);
            insert(second, id);
        } catch (Exception e) {
            transactions.rollback();
            throw e;
        }
        transactions.commit();
    }

    private static void insert(AtomikosDataSourceBean pool, String id) throws Exception {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into work (id) values (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }
}
