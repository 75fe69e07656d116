package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.testing.TcpProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.XAConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/**
 * Branches that are prepared, and gone when they are told to commit.
 *
 * <pre>
 * resources: "accounts", on a PostgreSQL of its own, and "ledger" on another one
 * fault:     accounts refuses the commit until an operator has rolled its branch back by hand; or a standby takes
 *            over that had not heard of the branch
 * expected:  ledger is committed; how accounts ended is told as far as PostgreSQL can tell it, and never as committed
 * </pre>
 */
@Timeout(300)
class EndedByOthersTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    @TempDir
    Path stored;

    private PostgresServer primary;
    private PostgresServer elsewhere;
    private Database accounts;
    private Database ledger;
    private ZooKeeperEnsemble ensemble;
    private EmbeddedTransactionService service;

    @BeforeEach
    void start() throws Exception {
        primary = PostgresServer.ofItsOwn();
        elsewhere = PostgresServer.ofItsOwn();
        accounts = primary.newDatabase().withAccounts();
        ledger = elsewhere.newDatabase().withAccounts();
        ensemble = new ZooKeeperEnsemble(stored);
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connect()));
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        ensemble.close();
        elsewhere.close();
        primary.close();
    }

    @Test
    void a_branch_that_was_refused_and_then_rolled_back_by_hand_is_told_as_rolled_back() throws Exception {
        accounts.execute("CREATE ROLE stranger LOGIN"); // who may look, and may not end others' branches
        PGXADataSource theirs = accounts.xa();
        theirs.setUser("stranger");
        XaResourceManager home = XaResourceManager.of("accounts", theirs);

        try (Transfer transfer = new Transfer(home, () -> {})) {
            CompletableFuture<Outcome> outcome = transfer.commit();
            await("the commit is refused", () -> transfer.fromAccounts.answers().stream()
                    .anyMatch(Completion.Unsent.class::isInstance));
            assertThat(outcome).isNotDone();
            List<String> prepared = primary.preparedTransactions();
            assertThat(prepared).hasSize(1);
            assertThat(home.localName(transfer.accountsBranch)).contains(prepared.get(0));

            accounts.execute("ROLLBACK PREPARED '" + prepared.get(0) + "'");

            assertThat(outcome).succeedsWithin(SOON).isInstanceOf(Outcome.HeuristicMixed.class);
            assertKept(HeuristicOutcome.ROLLED_BACK);
        }
        assertThat(accounts.balance(1)).isEqualTo(100);
        assertThat(ledger.balance(1)).isEqualTo(130);
        assertThat(elsewhere.preparedTransactions()).isEmpty();
    }

    /** The new primary has given the lost branch's own number to a transaction that it has committed. */
    @Test
    void a_branch_that_a_failover_has_lost_is_told_as_a_hazard(@TempDir Path directory) throws Exception {
        try (TcpProxy replication = new TcpProxy(primary.port());
                PostgresServer standby = primary.standby(directory, replication.port());
                TcpProxy entrance = new TcpProxy(standby.port())) {
            Database replica = standby.database(accounts.name());
            awaitReplayed(replica);
            replication.shut(); // from here on the standby falls behind
            entrance.shut();
            PGXADataSource either = new PGXADataSource();
            either.setUser("postgres");
            either.setUrl("jdbc:postgresql://127.0.0.1:" + primary.port() + "," + entrance.address() + "/"
                    + accounts.name() + "?targetServerType=primary");
            XaResourceManager home = XaResourceManager.of("accounts", either);

            try (Transfer transfer = new Transfer(home, () -> primary.close())) {
                String lost = transfer.accountsNumber();
                CompletableFuture<Outcome> outcome = transfer.commit();
                await("no primary is found", () -> transfer.fromAccounts.answers().stream()
                        .anyMatch(Completion.Unsent.class::isInstance));

                standby.promote();
                giveAway(lost, replica);
                entrance.open();

                assertThat(outcome).succeedsWithin(SOON).isInstanceOf(Outcome.HeuristicHazard.class);
                assertKept(HeuristicOutcome.HAZARD);
                assertThat(replica.strings("SELECT pg_xact_status('" + lost + "')"))
                        .containsExactly("committed");
                assertThat(replica.balance(1)).isEqualTo(100);
            }
        }
        assertThat(ledger.balance(1)).isEqualTo(130);
        assertThat(elsewhere.preparedTransactions()).isEmpty();
    }

    private void assertKept(HeuristicOutcome how) throws Exception {
        assertThat(service.heuristics().list()).singleElement().satisfies(entry -> {
            assertThat(entry.resource()).isEqualTo("accounts");
            assertThat(entry.outcome()).isEqualTo(how);
        });
    }

    private void awaitReplayed(Database replica) throws Exception {
        String written =
                accounts.strings("SELECT pg_current_wal_flush_lsn()::text").get(0);
        await("the standby has caught up", () -> one(
                        replica, "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '" + written + "') >= 0")
                .equals("t"));
    }

    /** Transactions commit until one of them had that number. */
    private static void giveAway(String number, Database replica) throws Exception {
        await("the standby leads", () -> one(replica, "SELECT pg_is_in_recovery()")
                .equals("f"));
        await("the number is used again", () -> {
            one(replica, "SELECT pg_current_xact_id()::text");
            return one(replica, "SELECT pg_snapshot_xmax(pg_current_snapshot()) > '" + number + "'::xid8")
                    .equals("t");
        });
    }

    private static String one(Database database, String query) {
        try {
            return database.strings(query).get(0);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long endNanos = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(endNanos);
            assertThat(new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    /** 30 from accounts to ledger. */
    private final class Transfer implements AutoCloseable {
        private final GlobalTransaction transaction = service.begin(Duration.ofMinutes(2));
        private final XAConnection atAccounts = accounts.xa().getXAConnection();
        private final XAConnection atLedger = ledger.xa().getXAConnection();
        private final Connection accountsConnection = atAccounts.getConnection();
        private final BranchId accountsBranch;
        private final DetachedAfterVote fromAccounts;

        Transfer(XaResourceManager home, DetachedAfterVote.Step afterPrepare) throws Exception {
            XaResourceManager ledgerHome = XaResourceManager.of("ledger", ledger.xa());
            service.register(home);
            service.register(ledgerHome);
            accountsBranch = transaction.newBranch("accounts");
            XaParticipant from = home.participant(accountsBranch, atAccounts.getXAResource(), accountsConnection);
            fromAccounts = new DetachedAfterVote(from, afterPrepare);
            transaction.enlist(accountsBranch, fromAccounts);
            work(from, accountsConnection, "UPDATE account SET balance = balance - 30 WHERE id = 1");

            BranchId ledgerBranch = transaction.newBranch("ledger");
            Connection ledgerConnection = atLedger.getConnection();
            XaParticipant to = ledgerHome.participant(ledgerBranch, atLedger.getXAResource(), ledgerConnection);
            transaction.enlist(ledgerBranch, to);
            work(to, ledgerConnection, "UPDATE account SET balance = balance + 30 WHERE id = 1");
            from.end(true);
            to.end(true);
        }

        private void work(XaParticipant branch, Connection connection, String sql) throws Exception {
            branch.start();
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** PostgreSQL's own, of the branch in accounts. */
        String accountsNumber() throws SQLException {
            try (Statement statement = accountsConnection.createStatement();
                    var row = statement.executeQuery("SELECT pg_current_xact_id_if_assigned()::text")) {
                row.next();
                return row.getString(1);
            }
        }

        CompletableFuture<Outcome> commit() {
            return CompletableFuture.supplyAsync(transaction::commit);
        }

        @Override
        public void close() throws SQLException {
            atLedger.close();
            atAccounts.close();
        }
    }
}
