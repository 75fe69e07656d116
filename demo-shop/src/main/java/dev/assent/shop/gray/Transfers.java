package dev.assent.shop.gray;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** One row in each of two databases, in one transaction, and what its caller was told. Thread-safe. */
public final class Transfers {
    private static final String TABLE = "gray_transfer";
    static final String INSERT = "insert into " + TABLE + " values (?)";

    private final TransactionManager transactions;
    private final Place first;
    private final Place second;
    private final int timeoutSeconds;
    private final Meter commits;
    private final TruthBook book = new TruthBook();
    private final Map<String, Integer> causes = new ConcurrentHashMap<>();

    /** Adds the row of that id in the thread's transaction. */
    @FunctionalInterface
    public interface Work {
        void insert(UUID id) throws SQLException;
    }

    /** A database: who works in it, and the URL that looks into it. */
    public record Place(Work work, String url) {
        /** Worked in by this process over {@code pool}. */
        public static Place of(DataSource pool, String url) {
            return new Place(id -> Transfers.insert(pool, id), url);
        }
    }

    /** {@code commits} measures the calls of commit alone. */
    public Transfers(TransactionManager transactions, Place first, Place second, int timeoutSeconds, Meter commits) {
        this.transactions = transactions;
        this.first = first;
        this.second = second;
        this.timeoutSeconds = timeoutSeconds;
        this.commits = commits;
    }

    public static void createTable(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement create = connection.createStatement()) {
            create.execute("create table if not exists " + TABLE + " (id uuid primary key)");
        }
    }

    /** One transfer; true if it was told committed. */
    public boolean run() throws NotSupportedException, SystemException {
        UUID id = UUID.randomUUID();
        transactions.setTransactionTimeout(timeoutSeconds);
        transactions.begin();
        Told told = Told.UNKNOWN;
        try {
            first.work().insert(id);
            second.work().insert(id);
            told = commit();
        } catch (SQLException refused) {
            causes.merge(cause(refused), 1, Integer::sum);
            told = rollback();
        } finally {
            book.note(id, told);
        }
        return told == Told.COMMITTED;
    }

    private static void insert(DataSource pool, UUID id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, id);
            insert.executeUpdate();
        }
    }

    private Told commit() {
        int caller = (int) Thread.currentThread().getId();
        commits.begin(caller, System.nanoTime());
        boolean committed = false;
        try {
            transactions.commit();
            committed = true;
            return Told.COMMITTED;
        } catch (RollbackException | HeuristicRollbackException rolledBack) {
            causes.merge(cause(rolledBack), 1, Integer::sum);
            return Told.ROLLED_BACK;
        } catch (SystemException | HeuristicMixedException unknown) {
            return Told.UNKNOWN;
        } finally {
            commits.end(caller, System.nanoTime(), committed);
        }
    }

    private Told rollback() {
        try {
            transactions.rollback();
            return Told.ROLLED_BACK;
        } catch (SystemException unknown) {
            return Told.UNKNOWN;
        }
    }

    /** Without what tells one transaction from another. */
    private static String cause(Exception rolledBack) {
        return String.valueOf(rolledBack.getMessage()).replaceAll("[0-9a-f]{16,}", "...");
    }

    /** Why transactions were rolled back, and how often each. */
    public Map<String, Integer> causes() {
        return Map.copyOf(causes);
    }

    public TruthBook book() {
        return book;
    }

    /** What was told and is not so. */
    public List<String> lies() throws SQLException {
        return book.lies(rows(first.url()), rows(second.url()));
    }

    private static Set<UUID> rows(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("select id from " + TABLE)) {
            Set<UUID> ids = new HashSet<>();
            while (rows.next()) {
                ids.add(rows.getObject(1, UUID.class));
            }
            return ids;
        }
    }
}
