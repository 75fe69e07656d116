package dev.assent.rm;

import dev.assent.rm.AssentSettings.Decisions;
import dev.assent.tx.service.EmbeddedTransactionService;
import jakarta.transaction.RollbackException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.postgresql.xa.PGXADataSource;

/** Writes pairs of rows for ever, a pair a transaction, four threads at a time, and prints each outcome; made to be killed. */
final class EndlessTransfersMain {
    private static final int THREADS = 4;

    private EndlessTransfersMain() {}

    /** Arguments: the store, the two databases' addresses, the first number of a pair. */
    public static void main(String[] args) throws SQLException {
        EmbeddedTransactionService service = EmbeddedTransactionService.start(CommitPointKillIT.config(args[0]));
        Assent assent = Assent.over(
                service,
                AssentSettings.DEFAULT.withDecisions(Decisions.DATABASE).withDefaultTimeout(Duration.ofSeconds(10)));
        DataSource first = assent.pool("first", source(args[1]));
        DataSource second = assent.pool("second", source(args[2]));
        AtomicLong numbers = new AtomicLong(Long.parseLong(args[3]));
        for (int thread = 0; thread < THREADS; thread++) {
            new Thread(() -> writeForEver(assent, first, second, numbers), "writer-" + thread).start();
        }
    }

    static PGXADataSource source(String url) {
        PGXADataSource source = new PGXADataSource();
        source.setUrl(url);
        source.setUser("postgres");
        return source;
    }

    private static void writeForEver(Assent assent, DataSource first, DataSource second, AtomicLong numbers) {
        boolean going = true;
        while (going) {
            long number = numbers.incrementAndGet();
            System.out.println("outcome " + number + " " + outcome(assent, first, second, number));
            going = !System.out.checkError();
        }
    }

    private static String outcome(Assent assent, DataSource first, DataSource second, long number) {
        boolean ending = false;
        try {
            assent.transactions().begin();
            insert(first, number);
            insert(second, number);
            ending = true;
            assent.transactions().commit();
            return "committed";
        } catch (RollbackException rolledBack) {
            return "rolledback";
        } catch (Exception unknown) {
            return ending ? "unknown" : undone(assent);
        }
    }

    private static String undone(Assent assent) {
        try {
            assent.transactions().rollback();
            return "rolledback";
        } catch (Exception unknown) {
            return "unknown";
        }
    }

    private static void insert(DataSource pool, long number) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("INSERT INTO pair VALUES (?)")) {
            statement.setLong(1, number);
            statement.executeUpdate();
        }
    }
}
