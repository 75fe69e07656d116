package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.jta.UserTransactionManager;
import com.atomikos.icatch.provider.ConfigProperties;
import dev.assent.rm.atomikos.SubordinateRule.Coordinator;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.TwoServices;
import dev.assent.tx.model.BranchId;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service that Atomikos runs, over two PostgreSQL databases, joins the transactions of a caller over real nodes. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PostgresExtension.class)
class SubordinateTransactionsTest {
    private static final Logger LOG = LoggerFactory.getLogger(SubordinateTransactionsTest.class);

    private static final String MAX_TIMEOUT = "com.atomikos.icatch.max_timeout";

    /** How long Atomikos keeps the imported transaction of a caller that takes longer than that. */
    private static final Duration GIVEN_UP_AFTER = Duration.ofSeconds(6);

    private final List<Database> databases;
    private final AtomicBoolean cutOff = new AtomicBoolean();
    private final AtomicInteger commitsRefused = new AtomicInteger();

    private StoreMake.RunningStore store;
    private TwoServices services;
    private AtomikosService orders;

    SubordinateTransactionsTest(PostgresServer server) throws SQLException {
        databases = List.of(server.newDatabase(), server.newDatabase());
        for (Database database : databases) {
            database.execute("create table work (id text primary key)");
        }
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        store = StoreMake.ASSENT.start(directory.resolve("log"));
        services = new TwoServices(directory.resolve("node"));
        services.callee().register(new PausingResource());
        orders = new AtomikosService(
                services.callee(),
                databases,
                driver -> WatchedXa.wrap(driver, this::beforeXa),
                Map.of(
                        "dev.assent.coordination.connect",
                        store.connect(),
                        "com.atomikos.icatch.oltp_max_retries",
                        "1",
                        "com.atomikos.icatch.oltp_retry_interval",
                        "50"));
    }

    /** The databases take no commit while they are cut off. */
    private void beforeXa(String method) throws XAException {
        if (cutOff.get() && method.equals("commit")) {
            commitsRefused.incrementAndGet();
            throw new XAException(XAException.XAER_RMFAIL);
        }
    }

    @AfterAll
    void stop() {
        orders.close();
        services.close();
        store.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        cutOff.set(false);
        commitsRefused.set(0);
        for (Database database : databases) {
            database.execute("truncate work");
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** One call of the caller's, as it comes in by HTTP: joined, worked, left. */
    private void call(Work work) throws Exception {
        String token = services.caller().token().orElseThrow();
        try (Participation participation = services.callee().join(token)) {
            work.run();
            participation.leave();
        }
    }

    private List<String> rows(int database) throws SQLException {
        return databases.get(database).strings("select id from work order by id");
    }

    private List<String> votes() throws Exception {
        ZooKeeper client = new ZooKeeper(store.connect(), 10_000, event -> {});
        try {
            return client.getChildren("/assent/atomikos/orders/votes", false);
        } finally {
            client.close();
        }
    }

    private static UserTransactionManager atomikos() throws SystemException {
        UserTransactionManager atomikos = new UserTransactionManager();
        atomikos.init();
        return atomikos;
    }

    private void awaitNothingLeft() {
        Await.until("the votes are gone", () -> votes().isEmpty());
        Await.until("no branch lives", () -> orders.resource().liveCount() == 0);
    }

    @Test
    void what_was_done_in_two_databases_commits_with_the_caller() throws Exception {
        String id = UUID.randomUUID().toString();
        services.caller().begin();
        call(() -> orders.insert(id));
        assertThat(rows(0)).isEmpty();

        services.caller().commit();

        assertThat(rows(0)).containsExactly(id);
        assertThat(rows(1)).containsExactly(id);
        awaitNothingLeft();
    }

    @Test
    void it_rolls_back_with_the_caller() throws Exception {
        services.caller().begin();
        call(() -> orders.insert("a"));

        services.caller().rollback();

        Await.until("the service has rolled back", () -> orders.resource().liveCount() == 0);
        assertThat(rows(0)).isEmpty();
        assertThat(rows(1)).isEmpty();
        awaitNothingLeft();
    }

    @Test
    void several_calls_work_in_one_branch() throws Exception {
        services.caller().begin();
        call(() -> orders.insert("a"));
        call(() -> orders.insert("b"));
        assertThat(orders.resource().liveCount()).isOne();

        services.caller().commit();

        assertThat(rows(0)).containsExactly("a", "b");
        assertThat(rows(1)).containsExactly("a", "b");
        awaitNothingLeft();
    }

    @Test
    void work_that_fails_rolls_all_of_it_back() throws Exception {
        services.caller().begin();
        call(() -> orders.insert("a"));
        assertThatThrownBy(() -> call(() -> orders.insert("a"))).isInstanceOf(SQLException.class);

        assertThatThrownBy(() -> services.caller().commit()).isInstanceOf(RollbackException.class);

        assertThat(rows(0)).isEmpty();
        awaitNothingLeft();
    }

    @Test
    void a_call_that_does_nothing_votes_read_only() throws Exception {
        services.caller().begin();
        call(() -> assertThat(orders.resource().<String>work(() -> "done")).isEqualTo("done"));

        services.caller().commit();

        awaitNothingLeft();
    }

    @Test
    void a_transaction_that_the_work_begins_within_ends_with_the_whole() throws Exception {
        UserTransactionManager atomikos = atomikos();
        services.caller().begin();
        call(() -> orders.resource().work(() -> {
            orders.insert(0, "outer");
            atomikos.begin();
            orders.insert(1, "inner");
            atomikos.commit();
            return null;
        }));
        assertThat(rows(1)).isEmpty();

        services.caller().commit();

        assertThat(rows(0)).containsExactly("outer");
        assertThat(rows(1)).containsExactly("inner");
        awaitNothingLeft();
    }

    @Test
    void work_that_ends_the_imported_transaction_by_itself_rolls_back() throws Exception {
        UserTransactionManager atomikos = atomikos();
        services.caller().begin();
        assertThatThrownBy(() -> call(() -> orders.resource().work(() -> {
                    orders.insert(0, "a");
                    atomikos.rollback();
                    return null;
                })))
                .isInstanceOf(RollbackException.class);

        assertThatThrownBy(() -> services.caller().commit()).isInstanceOf(RollbackException.class);

        assertThat(rows(0)).isEmpty();
        awaitNothingLeft();
    }

    @Test
    void outside_of_a_transaction_of_ours_atomikos_runs_its_own() throws Exception {
        UserTransactionManager atomikos = atomikos();
        atomikos.begin();
        orders.insert("own");
        atomikos.commit();

        assertThat(rows(0)).containsExactly("own");
        assertThat(rows(1)).containsExactly("own");
    }

    @Test
    void a_database_that_is_away_in_phase_two_is_told_until_it_has_committed() throws Exception {
        services.caller().begin();
        call(() -> orders.insert("a"));
        cutOff.set(true);
        Thread committing = committing();
        Await.until("phase two is refused again and again", () -> commitsRefused.get() > 4);
        assertThat(rows(0)).isEmpty();
        cutOff.set(false);

        committing.join();

        awaitRows("a");
        awaitNothingLeft();
    }

    /** The end of the caller's transaction, which is this thread's; it commits, whenever that is heard of. */
    private Thread committing() throws Exception {
        Transaction transaction = Objects.requireNonNull(services.caller().suspend());
        Thread thread = new Thread(
                () -> {
                    try {
                        services.caller().resume(transaction);
                        services.caller().commit();
                    } catch (Exception toldLater) {
                        LOG.info("the caller was told: {}", toldLater.toString());
                    }
                },
                "committing");
        thread.start();
        return thread;
    }

    private void awaitRows(String id) {
        Await.until("both databases have it", () -> rows(0).contains(id) && rows(1).contains(id));
    }

    @Test
    void an_atomikos_that_was_not_told_for_longer_than_its_own_time_out_does_not_decide_by_itself() throws Exception {
        services.caller().begin();
        PausingResource.Branch pausing = new PausingResource.Branch();
        ConfigProperties settings = Configuration.getConfigProperties();
        String usual = settings.getProperty(MAX_TIMEOUT);
        settings.setProperty(MAX_TIMEOUT, Long.toString(GIVEN_UP_AFTER.toMillis()));
        try {
            call(() -> {
                orders.insert("a");
                assertThat(services.callee().enlist(PausingResource.NAME, id -> pausing))
                        .isNotNull();
            });
        } finally {
            settings.setProperty(MAX_TIMEOUT, usual);
        }
        Thread committing = committing();
        Await.until("the service has voted", () -> votes().size() == 1);
        BranchId branch =
                orders.resource().inDoubt().toCompletableFuture().get().get(0);
        Await.until("Atomikos has given it up", () -> orders.resource().coordinator(branch) == Coordinator.OVER);
        assertThat(votes()).hasSize(1);
        assertThat(prepared()).isEqualTo(2);

        pausing.votes();

        committing.join();
        awaitRows("a");
        awaitNothingLeft();
    }

    private long prepared() throws SQLException {
        return databases
                .get(0)
                .number("select count(*) from pg_prepared_xacts where gid like '%'" + " and database in ('"
                        + databases.get(0).name() + "', '" + databases.get(1).name() + "')");
    }
}
