package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.AssentSettings.Decisions;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
import dev.assent.rm.testing.TwoServices;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.rm.xa.Deciding;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.transaction.RollbackException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/** Transactions that a database decides, over pools, the embedded coordinator, a real store and a real PostgreSQL. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class CommitPointTest {
    private static final AssentSettings IN_DATABASES = AssentSettings.DEFAULT.withDecisions(Decisions.DATABASE);
    private static final String COMMITS = "SELECT count(*) FROM assent_decision WHERE decision = 'C'";

    private final PostgresServer server;
    private final Database orders;
    private final Database ledger;
    private final Database stock;
    private final ZooKeeperEnsemble ensemble;

    CommitPointTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.orders = server.newDatabase().withAccounts();
        this.ledger = server.newDatabase().withAccounts();
        this.stock = server.newDatabase().withAccounts();
        this.ensemble = new ZooKeeperEnsemble(directory);
    }

    @AfterEach
    void close() throws SQLException {
        ensemble.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void the_first_database_decides_by_a_row_that_commits_with_its_work() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());
            DataSource third = assent.pool("stock", stock.xa());

            assent.transactions().begin();
            Shop.add(first, -1);
            Shop.add(second, 2);
            Shop.add(third, 3);
            String token = assent.transactions().token().orElseThrow();
            assent.transactions().commit();

            assertThat(assent.transactions().outcome(token)).isEqualTo(new Outcome.Committed());
        }
        assertThat(List.of(orders.balance(1), ledger.balance(1), stock.balance(1)))
                .containsExactly(99L, 102L, 103L);
        assertThat(orders.number(COMMITS)).isEqualTo(1);
        assertThat(orders.number("SELECT length(others) / 21 FROM assent_decision WHERE decision = 'C'"))
                .isEqualTo(2);
        assertThat(ledger.number(COMMITS)).isZero();
    }

    @Test
    void a_later_process_learns_from_the_row_how_it_ended() throws Exception {
        String token;
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());
            assent.transactions().begin();
            Shop.add(first, -1);
            Shop.add(second, 1);
            token = assent.transactions().token().orElseThrow();
            assent.transactions().commit();
        }

        try (Assent later = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            assertThat(later.transactions().outcome(token)).isInstanceOf(Outcome.Unknown.class); // it reaches no table
            later.registerRecovery("orders", orders.xa());
            assertThat(later.transactions().outcome(token)).isEqualTo(new Outcome.Committed());
        }
    }

    @Test
    void one_writer_commits_in_one_phase_without_a_row_whichever_it_is() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());

            assent.transactions().begin();
            read(first);
            Shop.add(second, 1);
            assent.transactions().commit();
            assent.transactions().begin();
            Shop.add(first, 1);
            assent.transactions().commit();
        }
        assertThat(List.of(orders.balance(1), ledger.balance(1))).containsExactly(101L, 101L);
        assertThat(orders.number(COMMITS)).isZero();
    }

    /**
     * Whoever writes by a statement that was seen to write is not asked again whether its transaction has an id, and is
     * refused the row if it has none: its ABORT row could be gone by the time that it inserts.
     */
    @Test
    void work_that_only_seemed_to_write_is_refused_the_row_once_and_asked_after_that() throws Exception {
        String trigger =
                "CREATE OR REPLACE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s RETURN NEW; END'";
        orders.execute("CREATE TABLE kept (n int)");
        orders.execute("CREATE VIEW shown AS SELECT n FROM kept");
        orders.execute(trigger.formatted("INSERT INTO kept VALUES (NEW.n);"));
        orders.execute("CREATE TRIGGER puts INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION put()");
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());

            show(assent, first, second);
            assertThat(List.of(orders.number("SELECT count(*) FROM kept"), ledger.balance(1)))
                    .containsExactly(1L, 101L);
            orders.execute(trigger.formatted(""));

            assertThatThrownBy(() -> show(assent, first, second)).isInstanceOf(RollbackException.class);
            assertThat(ledger.balance(1)).as("rolled back with the row").isEqualTo(101);

            show(assent, first, second);
            assertThat(ledger.balance(1)).as("the only one that wrote").isEqualTo(102);
        }
        assertThat(orders.number(COMMITS)).isEqualTo(1);
    }

    @Test
    void a_refusal_for_another_reason_takes_nothing_from_what_is_known_of_a_statement() throws Exception {
        String trigger =
                "CREATE OR REPLACE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s RETURN NEW; END'";
        orders.execute("CREATE TABLE kept (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        orders.execute("CREATE VIEW shown AS SELECT n FROM kept");
        orders.execute(trigger.formatted("INSERT INTO kept VALUES (NEW.n);"));
        orders.execute("CREATE TRIGGER puts INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION put()");
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());
            show(assent, first, second);

            assertThatThrownBy(() -> show(assent, first, second))
                    .isInstanceOf(RollbackException.class)
                    .hasMessageContaining("kept");

            orders.execute(trigger.formatted(""));
            assertThatThrownBy(() -> show(assent, first, second))
                    .as("it is not asked, so the row is refused")
                    .isInstanceOf(RollbackException.class);
        }
    }

    private static void show(Assent assent, DataSource first, DataSource second) throws Exception {
        assent.transactions().begin();
        try (Connection connection = first.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO shown VALUES (1)")).isEqualTo(1);
        }
        Shop.add(second, 1);
        assent.transactions().commit();
    }

    @Test
    void one_that_has_only_read_decides_between_several_others() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());
            DataSource third = assent.pool("stock", stock.xa());

            assent.transactions().begin();
            read(first);
            Shop.add(second, 1);
            Shop.add(third, 1);
            assent.transactions().commit();
        }
        assertThat(List.of(ledger.balance(1), stock.balance(1))).containsExactly(101L, 101L);
        assertThat(orders.number(COMMITS)).isEqualTo(1);
    }

    private static void read(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT balance FROM account").close();
        }
    }

    @Test
    void an_abort_that_somebody_inserted_first_rolls_everything_back() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());
            AssentTransactions transactions = assent.transactions();

            transactions.begin();
            Shop.add(first, -1);
            Shop.add(second, 1);
            String gtrid = Objects.requireNonNull((dev.assent.rm.jta.JtaTransaction) transactions.getTransaction())
                    .id();
            orders.execute("INSERT INTO assent_decision (gtrid, decision, cluster, incarnation, deadline, others)"
                    + " VALUES ('\\x" + gtrid + "', 'A', 0, 0, 0, '')");

            assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);
            transactions.begin(); // the connections serve again
            Shop.add(first, -5);
            Shop.add(second, 5);
            transactions.commit();
        }
        assertThat(List.of(orders.balance(1), ledger.balance(1))).containsExactly(95L, 105L);
    }

    @Test
    void what_the_deciding_database_finds_at_its_commit_rolls_everything_back() throws Exception {
        orders.execute("CREATE TABLE parent(id int PRIMARY KEY);"
                + "CREATE TABLE child(id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", orders.xa());
            DataSource second = assent.pool("ledger", ledger.xa());

            assent.transactions().begin();
            try (Connection connection = first.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate("INSERT INTO child VALUES (7)");
            }
            Shop.add(second, 1);

            assertThatThrownBy(assent.transactions()::commit)
                    .isInstanceOf(RollbackException.class)
                    .hasMessageContaining("child");
        }
        assertThat(ledger.balance(1)).isEqualTo(100);
        assertThat(orders.number(COMMITS)).isZero();
    }

    @Test
    void a_commit_that_need_not_be_durable_is_made_so() throws Exception {
        PGXADataSource hasty = orders.xa();
        hasty.setOptions("-c synchronous_commit=off");
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            DataSource first = assent.pool("orders", hasty);
            DataSource second = assent.pool("ledger", ledger.xa());
            orders.execute("CREATE TABLE seen(setting text);"
                    + "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;"
                    + "CREATE TRIGGER see AFTER INSERT ON assent_decision FOR EACH ROW EXECUTE FUNCTION see()");

            assent.transactions().begin();
            Shop.add(first, -1);
            Shop.add(second, 1);
            assent.transactions().commit();
        }
        assertThat(orders.strings("SELECT setting FROM seen")).containsExactly("on");
    }

    @Test
    void a_database_decides_only_if_it_is_named_when_that_is_said() throws Exception {
        try (EmbeddedTransactionService service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connect()))) {
            AssentTransactions transactions = new AssentTransactions(service);
            transactions.registerRecovery(
                    XaResourceManager.of("orders", orders.xa()).deciding(Deciding.WHEN_NAMED));
            transactions.registerRecovery("ledger", ledger.xa());

            assertThatThrownBy(() -> named(transactions, "ledger"))
                    .isInstanceOf(TransactionServiceException.class)
                    .hasMessageContaining("keeps no decisions");
            transactions.rollback();
            named(transactions, "orders");
            work(transactions, "ledger", ledger);
            work(transactions, "orders", orders);
            transactions.commit();
            transactions.begin();
            Connection deciding = work(transactions, "orders", orders);
            work(transactions, "ledger", ledger);
            transactions.commit();
            assertThat((Throwable) deciding.getWarnings())
                    .as("what the driver keeps, for ever, of a commit of nothing")
                    .isNull();
        }
        assertThat(List.of(orders.balance(1), ledger.balance(1))).containsExactly(102L, 102L);
        assertThat(orders.number(COMMITS)).isEqualTo(1);
    }

    private static void named(AssentTransactions transactions, String name) throws Exception {
        transactions.begin();
        assertThat(transactions.trace())
                .as("asked where nobody traces, it fixes nothing")
                .isEmpty();
        transactions.decideIn(name);
    }

    private static Connection work(AssentTransactions transactions, String name, Database database) throws Exception {
        var xa = database.xa().getXAConnection();
        Connection connection = xa.getConnection();
        boolean unused = Objects.requireNonNull(transactions.getTransaction())
                .enlistResource(transactions.resource(name, xa.getXAResource(), connection));
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + 1 WHERE id = 1");
        }
        return connection;
    }

    @Test
    void a_database_that_cannot_prepare_takes_part_as_the_one_that_decides_and_a_second_one_is_refused()
            throws Exception {
        try (PostgresServer plain = PostgresServer.withoutPreparedTransactions();
                Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            Database local = plain.newDatabase().withAccounts();
            Database another = plain.newDatabase().withAccounts();
            DataSource first = assent.pool("local", local.xa());
            DataSource second = assent.pool("ledger", ledger.xa());
            DataSource third = assent.pool("another", another.xa());

            assent.transactions().begin();
            Shop.add(first, -1);
            Shop.add(second, 1);
            assent.transactions().commit();

            assent.transactions().begin();
            Shop.add(first, -1);
            assertThatThrownBy(() -> Shop.add(third, 1)).hasMessageContaining("cannot prepare");
            assent.transactions().rollback();

            assent.transactions().begin();
            Shop.add(second, 1);
            assertThatThrownBy(() -> Shop.add(first, -1)).hasMessageContaining("use it before the others");
            assent.transactions().rollback();

            assent.transactions().begin();
            assent.transactions().decideIn("local");
            Shop.add(second, 1);
            Shop.add(first, -1);
            assent.transactions().commit();

            assertThat(List.of(local.balance(1), another.balance(1), ledger.balance(1)))
                    .containsExactly(98L, 100L, 102L);
            assertThat(plain.preparedTransactions()).isEmpty();
        }
    }

    @Test
    void a_table_that_may_not_be_made_is_told_with_the_statements_that_make_it() throws Exception {
        orders.execute("CREATE ROLE app_" + orders.name() + " LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        PGXADataSource poor = orders.xa();
        poor.setUser("app_" + orders.name());
        try (Assent assent = Assent.connect(ensemble.connect(), IN_DATABASES)) {
            assertThatThrownBy(() -> assent.pool("orders", poor))
                    .hasStackTraceContaining("CREATE TABLE IF NOT EXISTS assent_decision")
                    .hasStackTraceContaining("GRANT SELECT, INSERT, UPDATE, DELETE");
        }
    }

    @Test
    void coordinator_nodes_do_not_leave_decisions_to_databases_and_say_so(@TempDir Path node) throws Exception {
        try (TwoServices services = new TwoServices(node)) {
            XaResourceManager deciding =
                    XaResourceManager.of("orders", orders.xa()).deciding(Deciding.UNASKED);

            assertThatThrownBy(() -> services.caller().registerRecovery(deciding))
                    .hasMessageContaining("coordinator nodes decide in their store");
        }
    }
}
