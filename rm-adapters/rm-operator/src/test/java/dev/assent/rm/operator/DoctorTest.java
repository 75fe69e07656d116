package dev.assent.rm.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import com.atomikos.datasource.xa.XAResourceTransaction;
import com.atomikos.datasource.xa.jdbc.JdbcTransactionalResource;
import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.icatch.jta.UserTransactionManager;
import dev.assent.admin.InDoubtBoard;
import dev.assent.admin.PreparedReader;
import dev.assent.admin.view.Prepared;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.doctor.XaGid;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.xa.XaXid;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL with what real transaction managers left behind. */
class DoctorTest {
    private static PostgresServer server;
    private PostgresServer.Database database;

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.ofItsOwn();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void start() throws Exception {
        database = server.newDatabase().withAccounts();
        database.execute("CREATE TABLE work(id text)");
    }

    @AfterEach
    void endWhatIsLeft() throws Exception {
        for (String gid : server.preparedTransactions()) {
            database.execute("ROLLBACK PREPARED " + Quoting.sql(gid));
        }
    }

    @Test
    void orphans_of_all_managers_are_named(@TempDir Path directory) throws Exception {
        leaveByAtomikos(directory.resolve("atomikos"));
        String narayana = leaveByNarayana(directory.resolve("narayana"));
        GlobalTxId ours = leaveByAssent();
        byte[] uid = ByteBuffer.allocate(16)
                .put(bytes("btm1"))
                .putLong(1_700_000_000_000L)
                .putInt(1)
                .array();
        prepare(new XaGid(0x42746E78, uid, uid).text());
        prepare(new XaGid(9752, bytes("10.0.0.7:8091:77"), bytes("-78")).text());
        prepare("pg_gid_16394_7531");
        prepare("by hand's \"$(id)\"");

        Run run = Run.of("doctor", database.url(), "--user", "postgres", "--json", "--timeout", "60");

        assertThat(run.code()).as(run.err()).isEqualTo(4);
        assertThat(run.values("madeBy"))
                .containsExactlyInAnyOrder(
                        "Atomikos",
                        "Atomikos",
                        "Narayana",
                        "Narayana",
                        "Assent",
                        "Bitronix",
                        "Seata",
                        "PostgreSQL",
                        "unknown");
        assertThat(run.values("details"))
                .anyMatch(text -> text.contains("tm_unique_name=shop-tm") && text.contains("begun 20"))
                .anyMatch(text -> text.contains("node identifier 'node-7'") && text.contains("transaction " + narayana))
                .anyMatch(text -> text.contains("gtrid " + ours)
                        && text.contains("shard 3")
                        && text.contains("epoch 5")
                        && text.contains("branch 9"))
                .anyMatch(text -> text.contains("serverId=btm1") && text.contains("2023-11-14"))
                .anyMatch(text -> text.contains("10.0.0.7:8091:77, branch 78"));
        assertThat(server.preparedTransactions()).as("nothing was changed").hasSize(9);
        assertThat(run.out())
                .contains("psql postgresql://localhost:" + server.port() + "/" + database.name() + " -U postgres -c");

        List<String> narrow = Run.of("doctor", database.url(), "--user", "postgres", "--width", "80")
                .lines();
        assertThat(narrow.stream()
                        .filter(line -> !line.contains("gid ")
                                && !line.contains("$ ./")
                                && !line.contains("$ psql")
                                && !line.contains(ours.toHex())))
                .allMatch(line -> line.length() <= 80);
    }

    @Test
    void who_waits_is_told_with_the_lock_and_the_row_of_those_behind() throws Exception {
        GlobalTxId ours = leaveByAssent("UPDATE account SET balance = 0 WHERE id = 1");
        try (Connection first = database.plain().getConnection();
                Connection second = database.plain().getConnection()) {
            CompletableFuture<Void> one = update(first);
            awaitWaiting(1);
            CompletableFuture<Void> two = update(second);
            awaitWaiting(2);

            Run run = Run.of("doctor", database.url(), "--user", "postgres", "--json", "--timeout", "60");

            assertThat(run.out()).contains("\"mode\": \"RowExclusiveLock\"").contains("\"on\": \"relation account\"");
            assertThat(run.values("query"))
                    .hasSize(2)
                    .allMatch(query -> query.startsWith("UPDATE account SET balance = 1"));
            assertThat(run.out()).contains("\"behindThose\": [\n").contains("\"pinsHorizon\": true");
            nodesShowTheSame(ours);

            database.strings(
                    "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
            assertThatThrownBy(one::join).hasRootCauseInstanceOf(SQLException.class);
            assertThatThrownBy(two::join).hasRootCauseInstanceOf(SQLException.class);
        }
    }

    @Test
    void a_foreign_one_is_ended_on_a_plain_order_only() throws Exception {
        String gid = "it's \\ mine";
        prepare(gid);

        Run dry = Run.of("doctor", database.url(), "--user", "postgres", "--rollback", gid);
        assertThat(dry.code()).isEqualTo(4);
        assertThat(dry.out()).contains("would run").contains("add --yes");
        assertThat(server.preparedTransactions()).containsExactly(gid);

        Run done = Run.of("doctor", database.url(), "--user", "postgres", "--rollback", gid, "--yes");
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(server.preparedTransactions()).isEmpty();
        assertThat(Run.of("doctor", database.url(), "--user", "postgres").code())
                .isZero();
    }

    @Test
    void ours_is_not_ended_past_its_store_without_force() throws Exception {
        leaveByAssent();
        String gid = server.preparedTransactions().get(0);

        Run refused = Run.of("doctor", database.url(), "--user", "postgres", "--commit", gid, "--yes");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("tx resolve");
        Run noReason = Run.of("doctor", database.url(), "--user", "postgres", "--commit", gid, "--yes", "--force");
        assertThat(noReason.code()).isEqualTo(2);
        assertThat(server.preparedTransactions()).hasSize(1);

        Run forced = Run.of(
                "doctor",
                database.url(),
                "--user",
                "postgres",
                "--commit",
                gid,
                "--yes",
                "--force",
                "--reason",
                "lost");
        assertThat(forced.code()).as(forced.err()).isZero();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void one_of_another_database_is_told_and_left() throws Exception {
        prepare("elsewhere");
        PostgresServer.Database other = server.newDatabase();

        Run run = Run.of("doctor", other.url(), "--user", "postgres", "--rollback", "elsewhere", "--yes");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(database.name());
        assertThat(server.preparedTransactions()).containsExactly("elsewhere");
    }

    @Test
    void a_server_that_cannot_be_asked_is_told_with_a_remedy() throws Exception {
        String nowhere = database.url().replace("/" + database.name(), "/nothere");
        assertThat(Run.of("doctor", nowhere, "--user", "postgres"))
                .satisfies(run -> assertThat(run.code()).isEqualTo(1))
                .satisfies(run -> assertThat(run.err()).contains("no such database"));

        PostgresServer.Frozen frozen = server.freeze();
        try {
            Run run = Run.of("doctor", database.url(), "--user", "postgres", "--timeout", "1");
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("does it answer");
        } finally {
            frozen.close();
        }
        assertThat(Run.of("doctor", "jdbc:mysql://x/y?password=secret"))
                .satisfies(run -> assertThat(run.code()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).doesNotContain("secret"));
    }

    private CompletableFuture<Void> update(Connection connection) {
        return CompletableFuture.runAsync(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("UPDATE account SET balance = 1 WHERE id = 1");
            } catch (SQLException ended) {
                throw new IllegalStateException(ended);
            }
        });
    }

    /** On their in-doubt board, which finds the reader as a service. */
    private void nodesShowTheSame(GlobalTxId ours) {
        PreparedReader.Database asked =
                new PreparedReader.Database("accounts", database.url(), Optional.of("postgres"), Optional.empty());
        List<String> decided = new ArrayList<>();
        try (InDoubtBoard board = new InDoubtBoard(
                List.of(asked),
                transaction -> {
                    decided.add(transaction);
                    return Prepared.State.COMMIT;
                },
                Clock.SYSTEM)) {
            Prepared shown = board.read().databases().get(0).prepared().get(0);

            assertThat(decided).containsExactly(ours.toHex());
            assertThat(shown.transaction()).contains(ours.toHex());
            assertThat(shown.state()).isEqualTo(Prepared.State.COMMIT);
            assertThat(shown.locks()).anyMatch(lock -> lock.what().equals("relation account"));
            assertThat(shown.waiters()).singleElement().satisfies(waiter -> assertThat(waiter.query())
                    .startsWith("UPDATE account SET balance = 1"));
            assertThat(shown.behind()).isEqualTo(1);
            assertThat(PreparedReader.transactionOf(shown.gid())).contains(ours.toHex());
        }
    }

    private void awaitWaiting(int sessions) throws SQLException {
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (database.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") < sessions) {
            assertThat(System.nanoTime()).as("sessions wait").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private void prepare(String gid) throws SQLException {
        try (Connection connection = database.plain().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("INSERT INTO work VALUES ('x')");
            statement.execute("PREPARE TRANSACTION " + Quoting.sql(gid));
        }
    }

    private GlobalTxId leaveByAssent() throws Exception {
        return leaveByAssent("INSERT INTO work VALUES ('ours')");
    }

    private GlobalTxId leaveByAssent(String sql) throws Exception {
        GlobalTxId id = new GlobalTxId(
                new ClusterId(0xC0FFEE),
                new EpochKey(Authority.SHARD_2PC, 3, 0),
                5,
                1_700_000_000_000L,
                new GlobalTxId.Unique(1, 2));
        Xid xid = new XaXid(new BranchName(new ResourceName("accounts").hash(), 9, 1).in(id));
        XAConnection connection = database.xa().getXAConnection();
        XAResource resource = connection.getXAResource();
        resource.start(xid, XAResource.TMNOFLAGS);
        work(connection, sql);
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        connection.close();
        return id;
    }

    private String leaveByNarayana(Path directory) throws Exception {
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("node-7");
        arjPropertyManager.getCoordinatorEnvironmentBean().setTransactionStatusManagerEnable(false);
        for (String store : List.of("default", "stateStore", "communicationStore")) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store.equals("default") ? null : store)
                    .setObjectStoreDir(directory.toString());
        }
        TransactionManager transactions = com.arjuna.ats.jta.TransactionManager.transactionManager();
        transactions.begin();
        String uid = ((com.arjuna.ats.jta.transaction.Transaction) transactions.getTransaction())
                .get_uid()
                .stringForm();
        for (int branch = 0; branch < 2; branch++) {
            XAConnection connection = database.xa().getXAConnection();
            XAResource resource = new StubbornXa(connection.getXAResource());
            assertThat(transactions.getTransaction().enlistResource(resource)).isTrue();
            work(connection, "INSERT INTO work VALUES ('narayana')");
            assertThat(transactions.getTransaction().delistResource(resource, XAResource.TMSUCCESS))
                    .isTrue();
        }
        transactions.commit();
        return uid;
    }

    private void leaveByAtomikos(Path directory) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("com.atomikos.icatch.tm_unique_name", "shop-tm");
        properties.setProperty("com.atomikos.icatch.log_base_dir", directory.toString());
        properties.setProperty("com.atomikos.icatch.oltp_max_retries", "1");
        properties.setProperty("com.atomikos.icatch.oltp_retry_interval", "50");
        UserTransactionServiceImp service = new UserTransactionServiceImp(properties);
        List<JdbcTransactionalResource> registered =
                List.of(new JdbcTransactionalResource("db0", cutOff()), new JdbcTransactionalResource("db1", cutOff()));
        registered.forEach(service::registerResource);
        service.init();
        UserTransactionManager transactions = new UserTransactionManager();
        transactions.begin();
        for (int branch = 0; branch < 2; branch++) {
            XAConnection connection = database.xa().getXAConnection();
            XAResourceTransaction joined = (XAResourceTransaction) registered
                    .get(branch)
                    .getResourceTransaction(
                            Configuration.getCompositeTransactionManager().getCompositeTransaction());
            joined.setXAResource(new StubbornXa(connection.getXAResource()));
            joined.resume();
            work(connection, "INSERT INTO work VALUES ('atomikos')");
            joined.suspend();
        }
        transactions.commit(); // it is told as committed: the retries go on behind, until the process is gone
        service.shutdownForce();
    }

    /** What Atomikos' retries get: no connection at all. */
    private static XADataSource cutOff() {
        return (XADataSource) Proxy.newProxyInstance(
                XADataSource.class.getClassLoader(), new Class<?>[] {XADataSource.class}, (self, method, arguments) -> {
                    if (method.getName().equals("getXAConnection")) {
                        throw new SQLException("cut off");
                    }
                    return null;
                });
    }

    private static void work(XAConnection connection, String sql) throws SQLException {
        try (Statement statement = connection.getConnection().createStatement()) {
            statement.execute(sql);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
