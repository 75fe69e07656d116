package dev.assent.rm.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.rm.xa.XaXid;
import dev.assent.saga.Sagas;
import dev.assent.saga.api.InputText;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.store.StoreConfig;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.shards.Step;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.store.CoordinatorZnodes;
import dev.assent.tx.store.DecisionSight;
import dev.assent.tx.store.OperatorActs;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does about stuck transactions, on a real store and a real database. */
class TxTest {
    private static final long LONG_AGO = 1_700_000_000_000L;

    @TempDir
    private static Path directory;

    private static PostgresServer server;
    private static ZooKeeperEnsemble ensemble;
    private static CoordinatorZnodes store;
    private static long unique;
    private PostgresServer.Database database;

    @BeforeAll
    static void startAll() throws Exception {
        server = PostgresServer.ofItsOwn();
        ensemble = new ZooKeeperEnsemble(directory);
        store = CoordinatorZnodes.open(StoreConfig.of(ensemble.connect()), Clock.SYSTEM);
    }

    @AfterAll
    static void stopAll() throws Exception {
        store.close();
        ensemble.close();
        server.close();
    }

    @BeforeEach
    void start() throws Exception {
        database = server.newDatabase().withAccounts();
    }

    @AfterEach
    void endWhatIsLeft() throws Exception {
        for (String gid : server.preparedTransactions()) {
            database.execute("ROLLBACK PREPARED " + Quoting.sql(gid));
        }
    }

    @Test
    void a_committed_transaction_is_committed_where_it_was_not_told() throws Exception {
        GlobalTxId id = transaction(store.epochs().allot(), LONG_AGO);
        prepare(id);
        assertThat(decideCommit(id)).isInstanceOf(CommitResult.Written.class);

        Run list = tx("list", "--jdbc", database.url());
        assertThat(list.code()).as(list.err()).isEqualTo(4);
        assertThat(list.out()).contains("IN_DOUBT").contains("DECIDED  COMMIT").contains(id.toHex());
        assertThat(tx("list", "--kind", "HEURISTIC").out()).doesNotContain(id.toHex());

        assertThat(tx("show", id.toHex()).out()).containsPattern("decision +written under zxid 0x[0-9a-f]+ at 20");
        Run dry = tx("resolve", TransactionToken.format(id), "--jdbc", database.url());
        assertThat(dry.code()).isEqualTo(4);
        assertThat(dry.out()).contains("would commit").contains("nothing was changed");
        assertThat(server.preparedTransactions()).hasSize(1);
        assertThat(tx("resolve", id.toHex(), "--jdbc", database.url(), "--yes").code())
                .as("no reason is given")
                .isEqualTo(2);

        Run done = tx("resolve", id.toHex(), "--jdbc", database.url(), "--yes", "--reason", "the pager says so");
        assertThat(done.code()).as(done.out() + done.err()).isZero();
        assertThat(database.balance(1)).isZero();
        assertThat(store.decisions().isTakenUp(id))
                .as("its coordinator is told")
                .isTrue();
        Run audit = tx("audit", "--limit", "2");
        assertThat(audit.lines())
                .hasSize(2)
                .allMatch(line -> line.contains("operator@test resolve " + id) && line.contains("the pager says so"));
        assertThat(audit.lines().get(0)).contains("intended");
        assertThat(audit.lines().get(1)).contains("COMMIT: told to all");
    }

    @Test
    void an_undecided_one_past_its_deadline_is_aborted_and_its_coordinator_cannot_commit_any_more() throws Exception {
        GlobalTxId id = transaction(store.epochs().allot(), LONG_AGO);
        prepare(id);
        String gid = server.preparedTransactions().get(0);

        Run retried = tx("retry", "--jdbc", database.url(), "--yes", "--reason", "r");
        assertThat(retried.out()).contains("nothing is decided yet");
        assertThat(store.decisions().read(id)).isInstanceOf(RecordRead.Absent.class);

        Run done = tx("resolve", gid, "--jdbc", database.url(), "--yes", "--reason", "stuck");
        assertThat(done.code()).as(done.out() + done.err()).isZero();
        assertThat(server.preparedTransactions()).isEmpty();
        assertThat(database.balance(1)).isEqualTo(100);
        assertThat(decideCommit(id)).isInstanceOf(CommitResult.Aborted.class);
    }

    private static OperatorActs.Order order(boolean dryRun, Decision... expected) {
        return new OperatorActs.Order(
                "token:ann@left",
                "the pager says so",
                dryRun,
                Arrays.stream(expected).findFirst());
    }

    @Test
    void a_node_resolves_as_the_command_does_and_a_database_that_is_silent_costs_only_its_own_branches()
            throws Exception {
        OperatorActs acts = OperatorActs.find().orElseThrow();
        OperatorActs.Means means = new OperatorActs.Means(
                store,
                List.of(
                        new OperatorActs.Database(
                                "away", "jdbc:postgresql://127.0.0.1:1/away", Optional.of("x"), Optional.empty()),
                        new OperatorActs.Database("here", database.url(), Optional.empty(), Optional.empty())));
        GlobalTxId id = transaction(store.epochs().allot(), LONG_AGO);
        prepare(id);

        assertThat(acts.resolve(new OperatorActs.Means(store, means.databases().subList(0, 1)), order(true), id)
                        .lines())
                .as("what was not asked is not said to hold none")
                .last()
                .asString()
                .startsWith("not every database has answered");
        assertThat(acts.named(TransactionToken.format(id))).isEqualTo(id);
        assertThat(acts.retry(means, order(false), id).kind()).isEqualTo(OperatorActs.Done.Kind.REFUSED);
        assertThat(acts.resolve(means, order(false, Decision.COMMIT), id).kind())
                .as("COMMIT is expected, and cannot come any more")
                .isEqualTo(OperatorActs.Done.Kind.REFUSED);
        assertThat(acts.resolve(means, order(true), id).kind()).isEqualTo(OperatorActs.Done.Kind.WOULD);
        assertThat(store.decisions().read(id)).isInstanceOf(RecordRead.Absent.class);
        assertThat(server.preparedTransactions()).hasSize(1);

        OperatorActs.Done done = acts.resolve(means, order(false, Decision.ABORT), id);

        assertThat(done.kind()).as("one was not asked").isEqualTo(OperatorActs.Done.Kind.PARTLY);
        assertThat(done.lines())
                .anyMatch(line -> line.startsWith("jdbc:postgresql://127.0.0.1:1/away: "))
                .anyMatch(line -> line.startsWith("ABORT told: "));
        assertThat(server.preparedTransactions()).isEmpty();
        assertThat(store.audit().latest(2))
                .allMatch(entry -> entry.operator().equals("token:ann@left")
                        && entry.subject().equals(id.toHex())
                        && entry.reason().equals("the pager says so"))
                .extracting(entry -> entry.result())
                .containsExactly("intended", "ABORT: told to all");
    }

    @Test
    void one_whose_coordinator_may_be_at_work_is_left() throws Exception {
        GlobalTxId id = transaction(store.epochs().allot(), System.currentTimeMillis() + 3_600_000);
        prepare(id);

        Run run = tx("resolve", id.toHex(), "--jdbc", database.url(), "--yes", "--reason", "impatience");

        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).contains("its deadline is");
        assertThat(server.preparedTransactions()).hasSize(1);
        assertThat(store.decisions().read(id)).isInstanceOf(RecordRead.Absent.class);
    }

    @Test
    void under_a_fenced_epoch_no_record_is_a_rollback_and_leaves_none() throws Exception {
        EpochRef epoch;
        try (CoordinatorZnodes dying = CoordinatorZnodes.open(StoreConfig.of(ensemble.connect()), Clock.SYSTEM)) {
            epoch = dying.epochs().allot();
        }
        GlobalTxId id = transaction(epoch, LONG_AGO);
        prepare(id);
        store.epochs().fence(epoch.key().incarnation());

        Run shown = tx("show", id.toHex(), "--jdbc", database.url());
        assertThat(shown.out())
                .contains("(over)", "no record: not decided")
                .contains("would roll back")
                .contains("in " + database.name());
        Run run = tx("retry", id.toHex(), "--jdbc", database.url(), "--yes", "--reason", "now");

        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(server.preparedTransactions()).isEmpty();
        assertThat(store.decisions().read(id)).isInstanceOf(RecordRead.Absent.class);
    }

    @Test
    void a_decision_that_was_made_elsewhere_is_not_looked_for_in_the_store() throws Exception {
        EpochRef epoch = store.epochs().allot();
        GlobalTxId own = transaction(epoch, LONG_AGO);
        EpochKey acceptors = new EpochKey(Authority.PAXOS_3PC, 1, 0);

        assertThat(store.sight(own).place()).isEqualTo(DecisionSight.Place.NOWHERE);
        assertThat(store.sight(transaction(new EpochRef(acceptors, 0), LONG_AGO))
                        .place())
                .isEqualTo(DecisionSight.Place.ACCEPTORS);
        assertThat(store.sight(own.decidedIn(new ResourceName("orders").hash())).text())
                .contains("a row in the database");
    }

    @Test
    void nothing_is_decided_without_a_branch_that_is_seen_prepared() throws Exception {
        GlobalTxId id = transaction(store.epochs().allot(), LONG_AGO);

        Run run = tx("resolve", id.toHex(), "--jdbc", database.url(), "--yes", "--reason", "r");

        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).contains("none of the databases");
        assertThat(store.decisions().read(id)).isInstanceOf(RecordRead.Absent.class);
    }

    @Test
    void a_heuristic_outcome_is_forgotten_with_a_reason() throws Exception {
        GlobalTxId id = transaction(store.epochs().allot(), LONG_AGO);
        store.heuristics()
                .keep(new HeuristicLedger.Entry(
                        name().in(id), "accounts", HeuristicOutcome.ROLLED_BACK, "an operator's hand"));

        assertThat(tx("list").out()).contains("HEURISTIC").contains("an operator's hand");
        assertThat(tx("forget", id.toHex()).code()).isEqualTo(4);
        assertThat(store.heuristics().of(id)).hasSize(1);
        Run run = tx("forget", id.toHex(), "--yes", "--reason", "paid back");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(store.heuristics().of(id)).isEmpty();
        assertThat(tx("audit", "--limit", "1").out()).contains("paid back").contains("forgotten: resource accounts");
    }

    @Test
    void a_store_that_nobody_has_used_is_told_and_left_empty() throws Exception {
        String elsewhere = ensemble.connect() + "/nothing-here";

        Run run = Run.of("tx", "list", "--connect", elsewhere);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("nothing-here");
        assertThat(Run.of("tx", "show", "nonsense", "--connect", ensemble.connect())
                        .code())
                .isEqualTo(2);
    }

    @Test
    void a_saga_that_is_under_way_is_told_with_its_log() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        SagaDefinition<String> trip = SagaDefinition.named("trip", 1, InputText.plain())
                .step(
                        "book",
                        context -> {
                            goOn.join();
                            return "booked";
                        },
                        context -> {})
                .build();
        assertThat(Run.of("tx", "sagas", "--connect", ensemble.connect()).out()).contains("no saga");
        try (Sagas sagas = Sagas.open(StoreConfig.of(ensemble.connect()), List.of(trip))) {
            SagaId id = sagas.start(trip, "two nights").toCompletableFuture().join();

            Run list = Run.of("tx", "sagas", "--connect", ensemble.connect());
            assertThat(list.code()).as(list.err()).isEqualTo(4);
            assertThat(list.out()).contains("RUNNING  " + id + "  trip 1");
            assertThat(Run.of("tx", "sagas", "--status", "STUCK", "--json", "--connect", ensemble.connect())
                            .out())
                    .startsWith("[]");
            assertThat(Run.of("tx", "sagas", id.text(), "--connect", ensemble.connect())
                            .out())
                    .contains("[[book]]")
                    .contains("StageStarted");

            goOn.complete(null);
            assertThat(sagas.outcome(id).toCompletableFuture().join()).isEqualTo(SagaOutcome.COMPLETED);
        }
        assertThat(Run.of("tx", "sagas", "--connect", ensemble.connect()).code())
                .isZero();
    }

    @Test
    void status_tells_how_the_cluster_is_and_names_what_needs_somebody() throws Exception {
        GlobalTxId overdue = transaction(store.epochs().allot(), LONG_AGO);
        prepare(overdue);
        store.shards().agree(OptionalInt.of(2), 2);
        store.shards().show("a1", new ShardBoard.Member("left", "127.0.0.1:7400", 1, false));
        store.shards().take(List.of(new Step.Take(0, 0, ShardBoard.Cause.FREE)), "a1", "left");

        Run told = run("status", "--jdbc", database.url());

        assertThat(told.code()).as(told.out() + told.err()).isEqualTo(4);
        assertThat(told.out())
                .contains("standalone")
                .containsPattern("left +127.0.0.1:7400 +1 +\\[0]")
                .contains("no node leads shards [1]")
                .contains("1 branches in " + database.url().replaceFirst("[?].*", "")
                        + " are prepared past their deadline")
                .contains(overdue.toHex().substring(0, 20));
        Run json = run("status", "--jdbc", database.url(), "--json");
        assertThat(json.values("gtrid")).containsExactly(overdue.toHex());
        assertThat(json.values("decision")).containsExactly("none");
        Run one = run("status", server.preparedTransactions().get(0), "--jdbc", database.url(), "--json");
        assertThat(one.code()).isEqualTo(4);
        assertThat(one.values("gtrid")).containsExactly(overdue.toHex());
        assertThat(run("status", "nonsense", "--jdbc", database.url()).code()).isEqualTo(2);
    }

    private Run tx(String... arguments) {
        List<String> all = new ArrayList<>(List.of("tx"));
        all.addAll(Arrays.asList(arguments));
        return run(all.toArray(String[]::new));
    }

    private static Run run(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--connect", ensemble.connect(), "--user", "postgres", "--timeout", "60"));
        return Run.of(all.toArray(String[]::new));
    }

    private static BranchName name() {
        return new BranchName(new ResourceName("accounts").hash(), 0, 1);
    }

    private static GlobalTxId transaction(EpochRef epoch, long deadline) {
        return new GlobalTxId(
                store.cluster(), epoch.key(), epoch.version(), deadline, new GlobalTxId.Unique(7, ++unique));
    }

    private static CommitResult decideCommit(GlobalTxId id) {
        return store.decisions()
                .commit(id, List.of(name()))
                .toCompletableFuture()
                .join();
    }

    private void prepare(GlobalTxId id) throws Exception {
        Xid xid = new XaXid(name().in(id));
        XAConnection connection = database.xa().getXAConnection();
        XAResource resource = connection.getXAResource();
        resource.start(xid, XAResource.TMNOFLAGS);
        try (Statement statement = connection.getConnection().createStatement()) {
            statement.execute("UPDATE account SET balance = 0 WHERE id = 1");
        }
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        connection.close();
    }
}
