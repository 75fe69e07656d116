package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.admin.AdminConfig;
import dev.assent.admin.AdminServer;
import dev.assent.admin.PreparedReader;
import dev.assent.flight.FlightRecorder;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.store.StoreConfig;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.Browser;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.sql.XAConnection;

/**
 * What there is to see: two nodes on one store, of which the second dies; a real PostgreSQL; transactions that end, one
 * that cannot as a branch does not vote, and a session that waits for what it holds.
 */
@SuppressWarnings("try") // whoever interrupts it ends the test
final class ConsoleStage implements AutoCloseable {
    static final String WAITER = "billing-report";
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final NodeConfig.Timing TIMING = new NodeConfig.Timing(
            Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(300));
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int TRACES_KEPT = 64;

    private final PostgresServer postgres;
    private final PostgresServer.Database database;
    private final CoordinatorNode node;
    private final FlightRecorder recorder;
    private final AdminServer admin;
    private final TransactionService shop;
    private final XaResourceManager orders;
    private final ToyResource stock = new ToyResource("stock");
    private final ToyResource ledger = new ToyResource("ledger");
    private final CountDownLatch held = new CountDownLatch(1);

    ConsoleStage(Path folder) throws Exception {
        postgres = PostgresServer.ofItsOwn();
        database = postgres.newDatabase().withAccounts();
        NodeConfig config =
                new NodeConfig(ANY, "left", 8, new NodeConfig.Coordination.Standalone(folder.resolve("store")), TIMING);
        node = CoordinatorNode.start(config, progress -> {});
        PreparedReader.Database shown =
                new PreparedReader.Database("orders", database.url(), Optional.of("postgres"), Optional.empty());
        recorder = FlightRecorder.inMemory("left", node.events().get(0));
        admin = NodeAdmin.show(
                        node,
                        config,
                        new NodeAdminConfig(Optional.of(new AdminConfig(ANY).keeping(TRACES_KEPT)), List.of(shown)),
                        recorder)
                .orElseThrow();
        shop = RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + node.port(), "shop"));
        orders = XaResourceManager.of("orders", database.xa());
        shop.register(orders);
        shop.register(stock);
        shop.register(ledger);
        assertThat(shop.events().lanes())
                .as("of resources with threads of their own")
                .containsOnlyKeys("orders");
        Eventually.soon("all shards are led", () -> node.led().size() == 8);
    }

    String url() {
        return admin.url();
    }

    PostgresServer.Database database() {
        return database;
    }

    /** A process that executes sagas in the same store. */
    ToySagas sagas() throws IOException {
        return new ToySagas(StoreConfig.of(node.embeddedServer().orElseThrow().connectString()));
    }

    /** Another node takes its share of the shards, and is gone; the first one leads all of them again. */
    void failOver() throws Exception {
        String store = node.embeddedServer().orElseThrow().connectString();
        CoordinatorNode right = CoordinatorNode.start(
                new NodeConfig(ANY, "right", 8, new NodeConfig.Coordination.Existing(store), TIMING), progress -> {});
        try {
            Eventually.soon(
                    "the second node leads some", () -> right.led().size() == 4 && isShown("\"node\":\"right\""));
        } finally {
            right.close();
        }
        Eventually.soon("the first node leads all again", () -> node.led().size() == 8);
    }

    private boolean isShown(String text) {
        return Browser.get(url() + "/api/past").contains(text);
    }

    /** Ends well, in both resources. */
    GlobalTransaction committed(int account) throws Exception {
        GlobalTransaction transaction = begun(account);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        return transaction;
    }

    GlobalTransaction refused(String cause) throws Exception {
        stock.voting(new Vote.Rollback(cause));
        GlobalTransaction transaction = begun(2);
        assertThat(transaction.commit()).isInstanceOf(Outcome.RolledBack.class);
        stock.voting(new Vote.Prepared());
        return transaction;
    }

    /** Decided, and told to orders; the ledger does not take it. */
    GlobalTransaction untold() throws Exception {
        ledger.answerCommitWith(new Completion.Retry("the ledger is away"));
        GlobalTransaction transaction = begun(2, ledger);
        new Thread(transaction::commit, "untold").start();
        Eventually.soon("the node tells of it", () -> Browser.get(url() + "/api/transactions?state=COMMITTING")
                .contains(transaction.id()));
        return transaction;
    }

    /** Account 1 stays locked by a prepared branch, as the other branch does not vote. */
    GlobalTransaction stuck() throws Exception {
        stock.whenPrepared(() -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        GlobalTransaction transaction = begun(1);
        new Thread(transaction::commit, "stuck").start();
        Eventually.soon("a branch is prepared", this::isPrepared);
        stock.whenPrepared(() -> {});
        return transaction;
    }

    private boolean isPrepared() {
        try {
            return !postgres.preparedTransactions().isEmpty();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private GlobalTransaction begun(int account) throws Exception {
        return begun(account, stock);
    }

    private GlobalTransaction begun(int account, ToyResource other) throws Exception {
        GlobalTransaction transaction = shop.begin(LONG);
        BranchId branch = transaction.newBranch("orders");
        XAConnection connection = database.xa().getXAConnection();
        Connection handle = connection.getConnection();
        XaParticipant work = orders.participant(branch, connection.getXAResource(), handle);
        work.start();
        try (Statement statement = handle.createStatement()) {
            statement.execute("SET lock_timeout = '20s'");
            statement.execute("UPDATE account SET balance = balance + 1 WHERE id = " + account);
        }
        work.end(true);
        transaction.enlist(branch, work);
        transaction.enlist(transaction.newBranch(other.name()), other);
        return transaction;
    }

    /** Waits for account 1 in a session of its own, until this is closed. */
    AutoCloseable waiter() throws SQLException {
        Connection connection = database.xa().getXAConnection().getConnection();
        Thread waiting = new Thread(
                () -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("SET application_name = '" + WAITER + "'");
                        statement.execute("UPDATE account SET balance = 0 WHERE id = 1");
                    } catch (SQLException closed) {
                        // as it was waiting
                    }
                },
                "waiter");
        waiting.start();
        return () -> {
            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" + WAITER + "'");
            waiting.join();
            connection.close();
        };
    }

    @Override
    public void close() throws Exception {
        held.countDown();
        shop.close();
        admin.close();
        recorder.close();
        node.close();
        postgres.close();
    }
}
