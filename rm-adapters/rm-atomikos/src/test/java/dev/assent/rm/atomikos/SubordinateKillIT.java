package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.node.Main;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.transaction.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that Atomikos runs, its coordinator's node and its caller, each a process; two databases; a store that stays.
 *
 * <pre>
 * dies of SIGKILL                              | when                        | expected
 * the service                                  | voted, told to commit       | back: committed in both databases
 * the service and the node; the service is back | voted, told to commit      | nothing, longer than Atomikos' own time-out
 *   then the node is back                      |                             | committed in both
 * the node                                     | all but one have voted      | back: rolled back in both
 * </pre>
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PostgresExtension.class)
class SubordinateKillIT {
    private static final Logger LOG = LoggerFactory.getLogger(SubordinateKillIT.class);

    private final PostgresServer server;
    private final List<Database> databases;
    private final int port;

    private Path directory;
    private StoreMake.RunningStore store;
    private Jvm node;
    private Jvm service;
    private RemoteTransactionService caller;
    private RemoteTransactionService third;
    private AssentTransactions transactions;

    SubordinateKillIT(PostgresServer server) throws SQLException, IOException {
        this.server = server;
        port = new FreePorts(new Random()).next();
        databases = List.of(server.newDatabase(), server.newDatabase());
        for (Database database : databases) {
            database.execute("create table work (id text primary key)");
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder;
        store = StoreMake.ASSENT.start(folder.resolve("store"));
        node = startNode();
        caller = RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + port, "caller"));
        transactions = new AssentTransactions(caller);
        third = RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + port, "third"));
        third.register(new PausingResource());
        service = startService(60_000);
    }

    @AfterAll
    void stop() {
        service.close();
        caller.close();
        third.close();
        node.close();
        store.close();
    }

    private Jvm startNode() throws Exception {
        Path properties = Files.write(
                directory.resolve("node.properties"),
                List.of(
                        "listen=127.0.0.1:" + port,
                        "coordination.connect=" + store.connect(),
                        "coordination.sessionTimeout=3s",
                        "shards=1",
                        "recovery.interval=300ms"));
        Jvm started = new Jvm(directory.resolve("node.log"), Main.class, List.of(properties.toString()));
        started.awaitLine("assent node node-" + port + " serves");
        return started;
    }

    private Jvm startService(int timeoutMaxMillis) throws Exception {
        Jvm started = startServiceWithoutNodes(timeoutMaxMillis);
        started.awaitLine("ready");
        return started;
    }

    /** Its Atomikos is up, and recovers. */
    private Jvm startServiceWithoutNodes(int timeoutMaxMillis) throws Exception {
        Jvm started = new Jvm(
                directory.resolve("service.log"),
                SubordinateProgram.class,
                List.of(
                        "127.0.0.1:" + port,
                        databases.get(0).url(),
                        databases.get(1).url(),
                        "com.atomikos.icatch.tm_unique_name=orders",
                        "com.atomikos.icatch.recovery_delay=200",
                        "com.atomikos.icatch.max_timeout=" + timeoutMaxMillis,
                        "dev.assent.coordination.connect=" + store.connect()));
        started.awaitLine("up");
        return started;
    }

    private int prepared() throws SQLException {
        return server.preparedTransactions().size();
    }

    private boolean isInBoth(String id) throws SQLException {
        return databases.get(0).strings("select id from work").contains(id)
                && databases.get(1).strings("select id from work").contains(id);
    }

    private String begunAndWorked(String id) throws Exception {
        transactions.begin();
        String token = transactions.token().orElseThrow();
        service.say("work " + token + " " + id);
        service.awaitLine("worked");
        return token;
    }

    /** The end of this thread's transaction; how that turns out is asked for later. */
    private Thread committing() throws Exception {
        Transaction transaction = Objects.requireNonNull(transactions.suspend());
        Thread thread = new Thread(
                () -> {
                    try {
                        transactions.resume(transaction);
                        transactions.commit();
                    } catch (Exception toldLater) {
                        LOG.info("the caller was told: {}", toldLater.toString());
                    }
                },
                "committing");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private String decidedAndHeld(String id) throws Exception {
        String token = begunAndWorked(id);
        service.say("hold");
        service.awaitLine("holding");
        Thread unused = committing();
        service.awaitLine("held");
        assertThat(prepared()).isEqualTo(2);
        return token;
    }

    private void awaitCommitted(String id, String token) {
        Await.until("both databases have committed", () -> isInBoth(id) && prepared() == 0);
        Await.until("the caller is told", () -> caller.outcome(token) instanceof Outcome.Committed);
    }

    @Test
    void a_service_that_is_killed_after_its_vote_commits_when_it_is_back() throws Exception {
        String token = decidedAndHeld("service");

        service.kill();
        assertThat(prepared()).isEqualTo(2);
        service = startService(60_000);

        awaitCommitted("service", token);
    }

    @Test
    void a_service_that_is_back_before_its_coordinator_waits_for_it_longer_than_atomikos_would() throws Exception {
        String token = decidedAndHeld("both");

        node.kill();
        service.kill();
        service = startServiceWithoutNodes(500);
        long back = System.nanoTime();
        Await.until(
                "Atomikos' own time-out and several passes of recovery",
                () -> System.nanoTime() - back > 1_500_000_000L);
        assertThat(prepared()).isEqualTo(2);
        node = startNode();
        service.awaitLine("ready");

        awaitCommitted("both", token);
        service.kill();
        service = startService(60_000);
    }

    @Test
    void what_nobody_has_decided_when_the_coordinator_is_killed_is_rolled_back() throws Exception {
        String token = begunAndWorked("undecided");
        PausingResource.Branch pausing = new PausingResource.Branch();
        AssentTransactions ofThird = new AssentTransactions(third);
        try (Participation participation = ofThird.join(token)) {
            assertThat(ofThird.enlist(PausingResource.NAME, id -> pausing)).isNotNull();
            participation.leave();
        }
        Thread unused = committing();
        Await.until("the service has voted", () -> prepared() == 2);

        node.kill();
        node = startNode();

        Await.until("both databases have rolled back", () -> prepared() == 0);
        pausing.votes();
        assertThat(isInBoth("undecided")).isFalse();
        assertThat(databases.get(0).strings("select id from work")).doesNotContain("undecided");
        assertThat(caller.outcome(token)).isNotInstanceOf(Outcome.Committed.class);
    }
}
