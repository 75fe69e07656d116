package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
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
import jakarta.transaction.RollbackException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database over a driver without XA takes part as the one that decides: H2, of which nothing is known here, with a
 * PostgreSQL that is prepared.
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class LocalDatabaseTest {
    private static final AssentSettings SETTINGS = AssentSettings.DEFAULT.withRecoveryInterval(Duration.ofMillis(200));
    private static final long LONG_AGO = 1_000_000;
    private static final BranchName OTHER = new BranchName(new ResourceName("ledger").hash(), 2, 1);

    private final PostgresServer server;
    private final Database ledger;
    private final ZooKeeperEnsemble ensemble;
    private final JdbcDataSource local = new JdbcDataSource();
    private final Connection keptOpen;

    LocalDatabaseTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.ledger = server.newDatabase().withAccounts();
        this.ensemble = new ZooKeeperEnsemble(directory);
        local.setURL("jdbc:h2:mem:" + directory.getFileName());
        keptOpen = local.getConnection();
        execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT); INSERT INTO account VALUES (1, 100)");
    }

    @AfterEach
    void close() throws SQLException {
        keptOpen.close();
        ensemble.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = keptOpen.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String query) {
        try (Statement statement = keptOpen.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long balance() {
        return number("SELECT balance FROM account WHERE id = 1");
    }

    private long rows(String decision) {
        return number("SELECT count(*) FROM assent_decision WHERE decision = '" + decision + "'");
    }

    private boolean isNothingPrepared() {
        return prepared() == 0;
    }

    private int prepared() {
        try {
            return server.preparedTransactions().size();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void it_commits_together_with_the_row_that_decides_first_or_last() throws Exception {
        String token;
        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            DataSource first = assent.localPool("local", local);
            DataSource second = assent.pool("ledger", ledger.xa());
            AssentTransactions transactions = assent.transactions();

            transactions.begin();
            Shop.add(first, -1);
            Shop.add(second, 1);
            token = transactions.token().orElseThrow();
            transactions.commit();
            transactions.begin();
            transactions.decideIn("local");
            Shop.add(second, 1);
            Shop.add(first, -1);
            transactions.commit();

            transactions.begin();
            Shop.add(first, -50);
            Shop.add(second, 50);
            transactions.rollback();
        }
        assertThat(List.of(balance(), ledger.balance(1))).containsExactly(98L, 102L);
        assertThat(rows("C")).isEqualTo(2);

        try (Assent later = Assent.connect(ensemble.connect(), SETTINGS)) {
            later.localPool("local", local);
            assertThat(later.transactions().outcome(token)).isEqualTo(new Outcome.Committed());
        }
    }

    @Test
    void alone_it_commits_without_a_row_and_a_second_such_database_is_refused() throws Exception {
        JdbcDataSource other = new JdbcDataSource();
        other.setURL(local.getURL() + "-other");
        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS);
                Connection otherKeptOpen = other.getConnection();
                Statement statement = otherKeptOpen.createStatement()) {
            statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT)");
            DataSource first = assent.localPool("local", local);
            DataSource second = assent.localPool("other", other);
            DataSource third = assent.pool("ledger", ledger.xa());

            assent.transactions().begin();
            Shop.add(first, 5);
            assent.transactions().commit();
            assertThat(balance()).isEqualTo(105);
            assertThat(rows("C")).isZero();

            assent.transactions().begin();
            Shop.add(first, 5);
            assertThatThrownBy(() -> Shop.add(second, 5)).hasMessageContaining("cannot prepare");
            assent.transactions().rollback();
            assent.transactions().begin();
            Shop.add(third, 5);
            assertThatThrownBy(() -> Shop.add(first, 5)).hasMessageContaining("use it before the others");
            assent.transactions().rollback();
        }
        assertThat(balance()).isEqualTo(105);
    }

    @Test
    void an_abort_that_somebody_inserted_first_rolls_everything_back() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            DataSource first = assent.localPool("local", local);
            DataSource second = assent.pool("ledger", ledger.xa());
            AssentTransactions transactions = assent.transactions();

            transactions.begin();
            Shop.add(first, -1);
            Shop.add(second, 1);
            String gtrid = Objects.requireNonNull((dev.assent.rm.jta.JtaTransaction) transactions.getTransaction())
                    .id();
            execute("INSERT INTO assent_decision VALUES ('" + gtrid + "', 'A', 0, 0, 0, 'N', '-')");

            assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);
            transactions.begin(); // the connections serve again
            Shop.add(first, -5);
            Shop.add(second, 5);
            transactions.commit();
        }
        assertThat(List.of(balance(), ledger.balance(1))).containsExactly(95L, 105L);
    }

    /** One that a dead coordinator has left prepared beside it, in a transaction that the local database decides. */
    private GlobalTxId leftPrepared() throws Exception {
        GlobalTxId dead;
        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            assent.localPool("local", local);
            assent.transactions().begin();
            assent.transactions().decideIn("local");
            GlobalTxId once =
                    TransactionToken.parse(assent.transactions().token().orElseThrow());
            dead = new GlobalTxId(
                    once.cluster(), once.key(), once.epoch(), LONG_AGO, once.unique(), once.commitPoint());
            assent.transactions().rollback();
        }
        prepare(OTHER.in(dead), 1);
        return dead;
    }

    private void prepare(BranchId xid, int account) throws SQLException {
        Base64.Encoder base64 = Base64.getEncoder();
        ledger.execute("BEGIN; UPDATE account SET balance = 7 WHERE id = " + account + "; PREPARE TRANSACTION '"
                + BranchId.FORMAT_ID + "_" + base64.encodeToString(xid.gtrid()) + "_"
                + base64.encodeToString(xid.bqual()) + "'");
    }

    private static String commitRow(GlobalTxId id) {
        return "INSERT INTO assent_decision VALUES ('" + id.toHex() + "', 'C', "
                + id.cluster().value() + ", " + id.key().incarnation() + ", " + LONG_AGO + ", 'N', '"
                + HexFormat.of().formatHex(OTHER.toBytes()) + "')";
    }

    @Test
    void recovery_commits_what_the_row_says_and_deletes_it_and_leaves_a_note() throws Exception {
        GlobalTxId dead = leftPrepared();
        execute(commitRow(dead));
        execute("INSERT INTO assent_decision VALUES ('odd', 'C', "
                + dead.cluster().value() + ", 0, 1, 'N', '-')");

        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            assent.localPool("local", local);
            assent.pool("ledger", ledger.xa());
            Eventually.soon("the branch has ended", this::isNothingPrepared);
            Eventually.soon("the row is deleted, and what nobody can read is left", () -> rows("C") == 1);
            assertThat(assent.transactions().outcome(TransactionToken.format(dead)))
                    .isInstanceOf(Outcome.Unknown.class); // nobody can tell any more
        }
        assertThat(ledger.balance(1)).isEqualTo(7);
        assertThat(number("SELECT deadline FROM assent_decision WHERE decision = 'D'"))
                .isEqualTo(LONG_AGO);
    }

    @Test
    void recovery_without_a_row_inserts_abort_which_stays() throws Exception {
        GlobalTxId dead = leftPrepared();

        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            assent.localPool("local", local);
            assent.pool("ledger", ledger.xa());
            Eventually.soon("the branch has ended", this::isNothingPrepared);
            assertThat(assent.transactions().outcome(TransactionToken.format(dead)))
                    .isInstanceOf(Outcome.RolledBack.class);
        }
        assertThat(ledger.balance(1)).isEqualTo(100);
        assertThat(rows("A")).isEqualTo(1);
        assertThatThrownBy(() -> execute(commitRow(dead))).isInstanceOf(SQLException.class);
    }

    @Test
    void recovery_does_nothing_while_the_row_is_being_inserted_and_obeys_what_becomes_of_it() throws Exception {
        GlobalTxId dead = leftPrepared();
        EpochKey ofStore = new EpochKey(
                Authority.EMBEDDED_2PC, dead.key().shard(), dead.key().incarnation());
        GlobalTxId another =
                new GlobalTxId(dead.cluster(), ofStore, dead.epoch(), LONG_AGO, new GlobalTxId.Unique(3, 4));
        prepare(OTHER.in(another), 2);

        try (Connection inserting = local.getConnection();
                Statement statement = inserting.createStatement();
                Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            inserting.setAutoCommit(false);
            statement.execute(commitRow(dead));
            assent.localPool("local", local);
            assent.pool("ledger", ledger.xa());
            Eventually.soon("recovery has come by, and ended what the store decides", () -> prepared() == 1);
            inserting.commit();
            Eventually.soon("the branch has ended", this::isNothingPrepared);
        }
        assertThat(ledger.balance(1)).isEqualTo(7);
    }

    @Test
    void a_database_with_an_adapter_is_sent_to_its_driver_for_xa() throws Exception {
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setUrl(ledger.url());
        try (Assent assent = Assent.connect(ensemble.connect(), SETTINGS)) {
            assertThatThrownBy(() -> assent.localPool("ledger", plain))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("XADataSource");
        }
    }
}
