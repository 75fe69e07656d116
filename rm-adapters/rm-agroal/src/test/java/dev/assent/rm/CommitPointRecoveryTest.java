package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.AssentSettings.Decisions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TcpProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/** What a dead coordinator left of transactions that a database decides, and what becomes of it. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class CommitPointRecoveryTest {
    private static final AssentSettings IN_DATABASES =
            AssentSettings.DEFAULT.withDecisions(Decisions.DATABASE).withRecoveryInterval(Duration.ofMillis(200));
    private static final long LONG_AGO = 1_000_000;
    private static final BranchName OTHER = new BranchName(new ResourceName("ledger").hash(), 2, 1);

    private final PostgresServer server;
    private final Database orders;
    private final Database ledger;
    private final ZooKeeperEnsemble ensemble;
    private final GlobalTxId dead;

    CommitPointRecoveryTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.orders = server.newDatabase().withAccounts();
        this.ledger = server.newDatabase().withAccounts();
        this.ensemble = new ZooKeeperEnsemble(directory);
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            assent.registerRecovery("orders", orders.xa());
            assent.transactions().begin();
            assent.transactions().decideIn("orders");
            GlobalTxId once =
                    TransactionToken.parse(assent.transactions().token().orElseThrow());
            dead = new GlobalTxId(
                    once.cluster(), once.key(), once.epoch(), LONG_AGO, once.unique(), once.commitPoint());
            assent.transactions().rollback();
        }
    }

    @BeforeEach
    void a_branch_is_prepared() throws SQLException {
        prepare(OTHER.in(dead), 1);
    }

    private void prepare(BranchId xid, int account) throws SQLException {
        Base64.Encoder base64 = Base64.getEncoder();
        ledger.execute("BEGIN; UPDATE account SET balance = 7 WHERE id = " + account + "; PREPARE TRANSACTION '"
                + BranchId.FORMAT_ID + "_" + base64.encodeToString(xid.gtrid()) + "_"
                + base64.encodeToString(xid.bqual()) + "'");
    }

    @AfterEach
    void close() throws SQLException {
        ensemble.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    private void insertRow(GlobalTxId id, String decision, String others) throws SQLException {
        orders.execute(
                "INSERT INTO assent_decision (gtrid, decision, cluster, incarnation, deadline, others) VALUES ('\\x"
                        + id.toHex() + "', '" + decision + "', " + id.cluster().value() + ", "
                        + id.key().incarnation() + ", " + LONG_AGO + ", '\\x" + others + "')");
    }

    /** Due before all others. */
    private void insertOddRow(String gtrid, String decision) throws SQLException {
        orders.execute(
                "INSERT INTO assent_decision (gtrid, decision, cluster, incarnation, deadline, others) VALUES ('\\x"
                        + gtrid + "', '" + decision + "', " + dead.cluster().value() + ", 0, 1, '')");
    }

    private long rows() {
        try {
            return orders.number("SELECT count(*) FROM assent_decision WHERE decision <> 'D'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isNothingPrepared() {
        try {
            return server.preparedTransactions().isEmpty();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_branch_whose_commit_point_has_committed_is_committed_and_then_the_row_goes_and_leaves_a_note()
            throws Exception {
        insertOddRow("00", "C");
        insertOddRow("ff" + dead.toHex().substring(2), "X");
        insertRow(dead, "C", HexFormat.of().formatHex(OTHER.toBytes()));

        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            assent.registerRecovery("orders", orders.xa());
            assertThat(server.preparedTransactions()).hasSize(1);
            assent.registerRecovery("ledger", ledger.xa());
            Eventually.soon("the branch has ended", this::isNothingPrepared);
            Eventually.soon("the row is deleted, and what nobody can read is left", () -> rows() == 2);

            assertThat(assent.transactions().outcome(TransactionToken.format(dead)))
                    .isInstanceOf(Outcome.Unknown.class); // nobody can tell any more
        }
        assertThat(ledger.balance(1)).isEqualTo(7);
        assertThat(orders.number("SELECT deadline FROM assent_decision WHERE decision = 'D'"))
                .isEqualTo(LONG_AGO);
    }

    @Test
    void a_branch_whose_commit_point_has_not_committed_is_rolled_back_by_a_row_that_goes_later() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            assent.registerRecovery("orders", orders.xa());
            assent.registerRecovery("ledger", ledger.xa());
            Eventually.soon("the branch has ended", this::isNothingPrepared);
            Eventually.soon("the row is deleted", () -> rows() == 0);
        }
        assertThat(ledger.balance(1)).isEqualTo(100);
        assertThat(orders.number("SELECT deadline FROM assent_decision WHERE decision = 'D'"))
                .isNegative();
    }

    @Test
    void a_terminator_waits_for_a_transaction_that_is_inserting_and_obeys_what_becomes_of_it() throws Exception {
        try (Connection inserting = orders.plain().getConnection();
                Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            inserting.setAutoCommit(false);
            try (Statement statement = inserting.createStatement()) {
                statement.execute(
                        "INSERT INTO assent_decision (gtrid, decision, cluster, incarnation, deadline, others) VALUES ('\\x"
                                + dead.toHex() + "', 'C', 0, 0, 0, '')");
            }
            assent.registerRecovery("orders", orders.xa());
            assent.registerRecovery("ledger", ledger.xa());
            Eventually.soon("somebody waits to insert", this::isSomebodyWaiting);
            assertThat(server.preparedTransactions()).hasSize(1);
            inserting.commit();
            Eventually.soon("the branch has ended", this::isNothingPrepared);

            assertThat(assent.transactions().outcome(TransactionToken.format(dead)))
                    .isEqualTo(new Outcome.Committed());
        }
        assertThat(ledger.balance(1)).isEqualTo(7);
    }

    private boolean isSomebodyWaiting() {
        try {
            return orders.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'") > 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void an_abort_row_stays_while_a_transaction_that_is_older_is_open() throws Exception {
        try (Connection older = orders.plain().getConnection();
                Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            older.setAutoCommit(false);
            try (Statement statement = older.createStatement()) {
                statement.execute("UPDATE account SET balance = 0 WHERE id = 2");
            }
            assent.registerRecovery("orders", orders.xa());
            assent.registerRecovery("ledger", ledger.xa());
            Eventually.soon("the branch has ended", this::isNothingPrepared);
            GlobalTxId marker = new GlobalTxId(
                    dead.cluster(),
                    dead.key(),
                    dead.epoch(),
                    LONG_AGO,
                    new GlobalTxId.Unique(1, 2),
                    dead.commitPoint());
            insertRow(marker, "C", "");
            Eventually.soon("rows were looked at, and the other one went", () -> rows() == 1);
            assertThat(orders.number("SELECT count(*) FROM assent_decision WHERE decision = 'A'"))
                    .isEqualTo(1);
            older.rollback();
            Eventually.soon("the row is deleted", () -> rows() == 0);
        }
    }

    @Test
    void while_the_deciding_database_is_away_nothing_is_decided_or_told_wrong_and_others_work_goes_on()
            throws Exception {
        try (TcpProxy way = new TcpProxy(server.port());
                Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            PGXADataSource behind = orders.xa();
            behind.setPortNumbers(new int[] {way.port()});
            Database stock = server.newDatabase().withAccounts();
            assent.registerRecovery("orders", behind);
            way.shut();
            DataSource ledgerPool = assent.pool("ledger", ledger.xa());
            DataSource stockPool = assent.pool("stock", stock.xa());
            BranchName ofTwoPhase = new BranchName(new ResourceName("ledger").hash(), 1, 1);
            GlobalTxId plain = new GlobalTxId(
                    dead.cluster(),
                    new EpochKey(
                            Authority.EMBEDDED_2PC,
                            dead.key().shard(),
                            dead.key().incarnation()),
                    dead.epoch(),
                    LONG_AGO,
                    new GlobalTxId.Unique(3, 4));
            prepare(ofTwoPhase.in(plain), 2);
            Eventually.soon("the branch that the store decides is ended", () -> prepared() == 1);

            assent.transactions().begin();
            add(ledgerPool, 2);
            add(stockPool, 2);
            assent.transactions().commit();

            assertThat(assent.transactions().outcome(TransactionToken.format(dead)))
                    .isInstanceOf(Outcome.Unknown.class);
            assertThat(prepared()).isEqualTo(1);
            assertThat(rows()).isZero();
            insertRow(dead, "C", HexFormat.of().formatHex(OTHER.toBytes()));
            way.open();
            Eventually.soon("the branch has ended", this::isNothingPrepared);
            assertThat(stock.balance(2)).isEqualTo(102);
        }
        assertThat(List.of(ledger.balance(1), ledger.balance(2))).containsExactly(7L, 102L);
    }

    private static void add(DataSource pool, int account) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + 2 WHERE id = " + account);
        }
    }

    private int prepared() {
        try {
            return server.preparedTransactions().size();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
