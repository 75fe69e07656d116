package dev.assent.rm.atomikos;

import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.jdbc.AtomikosDataSourceBean;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import org.postgresql.xa.PGXADataSource;

/**
 * A service that Atomikos runs, over two databases, as a process of its own that is there to be killed.
 *
 * <p>Arguments: the nodes, the two JDBC addresses, then properties as {@code name=value}. Each line that it reads is a
 * call: {@code work TOKEN ID} inserts the id in both databases within that transaction; {@code hold} lets no database
 * commit from now on. What it prints: {@code up}, {@code ready}, {@code worked}, {@code holding}, and {@code held} when a commit has
 * come.
 */
public final class SubordinateProgram {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private final AssentTransactions transactions;
    private final AtomikosResource resource;
    private final List<AtomikosDataSourceBean> pools;
    private final PrintStream out;
    private volatile boolean holding;

    private SubordinateProgram(String nodes, String first, String second, PrintStream out) throws Exception {
        this.out = out;
        pools = List.of(pool("first", first), pool("second", second));
        resource = AtomikosResource.open("orders-atomikos");
        out.println("up"); // and recovering, whether there is a node or not
        transactions = new AssentTransactions(RemoteTransactionService.connect(RemoteConfig.of(nodes, "orders")));
        resource.takePart(transactions);
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        for (int i = 3; i < arguments.length; i++) {
            String[] property = arguments[i].split("=", 2);
            properties.setProperty(property[0], property[1]);
        }
        new UserTransactionServiceImp(properties).init();
        SubordinateProgram program = new SubordinateProgram(arguments[0], arguments[1], arguments[2], System.out);
        program.out.println("ready");
        program.serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private AtomikosDataSourceBean pool(String name, String url) throws Exception {
        PGXADataSource database = new PGXADataSource();
        database.setUrl(url);
        XADataSource held = WatchedXa.wrap(database, this::beforeXa);
        AtomikosDataSourceBean pool = new AtomikosDataSourceBean();
        pool.setUniqueResourceName(name);
        pool.setXaDataSource(held);
        pool.setMaxPoolSize(5);
        pool.init();
        return pool;
    }

    private void beforeXa(String method) throws XAException {
        if (holding && method.equals("commit")) {
            out.println("held");
            try {
                NEVER.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void serve(BufferedReader calls) throws Exception {
        for (String call = calls.readLine(); call != null; call = calls.readLine()) {
            String[] words = call.split(" ", -1);
            if (words[0].equals("hold")) {
                holding = true;
                out.println("holding");
            } else {
                work(words[1], words[2]);
                out.println("worked");
            }
        }
        throw new IOException("nobody calls any more");
    }

    private void work(String token, String id) throws Exception {
        try (Participation participation = transactions.join(token)) {
            Boolean unused = resource.work(() -> {
                for (AtomikosDataSourceBean pool : pools) {
                    insert(pool, id);
                }
                return true;
            });
            participation.leave();
        }
    }

    private static void insert(AtomikosDataSourceBean pool, String id) throws Exception {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into work (id) values (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }
}
