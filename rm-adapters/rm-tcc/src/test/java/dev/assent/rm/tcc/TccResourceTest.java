package dev.assent.rm.tcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.tcc.Reservations.Goods;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import io.agroal.api.AgroalDataSource;
import jakarta.transaction.RollbackException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tries over a real database, in transactions whose coordinator is in memory. */
@ExtendWith(PostgresExtension.class)
class TccResourceTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final MemoryTransactionService service = new MemoryTransactionService();
    private final AssentTransactions transactions = new AssentTransactions(service);
    private final Database database;
    private final Reservations reservations;
    private final TccResource resource;
    private final TccParticipant<Goods> reserve;

    TccResourceTest(PostgresServer server) throws SQLException {
        database = server.newDatabase();
        reservations = Reservations.in(database);
        resource = Reservations.resource(database.plain());
        reserve = reservations.namedIn(resource);
        resource.takePart(transactions);
    }

    private static Goods goods(int count) {
        return new Goods(UUID.randomUUID(), count);
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(120, TimeUnit.SECONDS).join();
    }

    private BranchId onlyBranch() {
        List<BranchId> tried = now(resource.inDoubt());
        assertThat(tried).hasSize(1);
        return tried.get(0);
    }

    @Test
    void tries_are_confirmed_when_their_transaction_commits_and_cancelled_when_it_rolls_back() throws Exception {
        transactions.begin();
        reserve.attempt(goods(1));
        reserve.attempt(goods(2));
        assertThat(reservations.tried()).isEqualTo(2);
        transactions.commit();
        assertThat(reservations.confirmed()).isEqualTo(2);

        transactions.begin();
        reserve.attempt(goods(3));
        transactions.rollback();
        assertThat(reservations.confirmed()).isEqualTo(2);
        assertThat(reservations.cancelled()).isEqualTo(1);
        assertThat(now(resource.inDoubt())).isEmpty();
    }

    @Test
    void a_lone_try_is_confirmed_in_one_phase() throws Exception {
        transactions.begin();
        reserve.attempt(goods(1));
        transactions.commit();

        assertThat(reservations.confirmed()).isEqualTo(1);
    }

    @Test
    void a_try_and_work_in_a_database_end_together() throws Exception {
        Database accounts = database.withAccounts();
        try (AgroalDataSource pool =
                DataSources.pool("accounts", accounts.xa(), transactions, PoolLimits.DEFAULT.withConnectionsMax(3))) {
            transactions.begin();
            Shop.add(pool, 10);
            reserve.attempt(goods(1));
            transactions.commit();
            transactions.begin();
            Shop.add(pool, 10);
            reserve.attempt(goods(1));
            transactions.rollback();

            assertThat(accounts.balance(1)).isEqualTo(110);
            assertThat(reservations.confirmed()).isEqualTo(1);
            assertThat(reservations.cancelled()).isEqualTo(1);
        }
    }

    @Test
    void a_try_over_a_pool_that_takes_part_commits_by_itself_all_the_same() throws Exception {
        Database other = database;
        try (AgroalDataSource pool =
                DataSources.pool("pooled", other.xa(), transactions, PoolLimits.DEFAULT.withConnectionsMax(3))) {
            TccResource pooled = TccResource.open("pooled-tcc", pool);
            TccParticipant<Goods> here = reservations.namedIn(pooled);
            pooled.takePart(transactions);

            transactions.begin();
            here.attempt(goods(1));
            assertThat(reservations.tried()).isEqualTo(1);
            transactions.rollback();

            assertThat(reservations.cancelled()).isEqualTo(1);
            assertThat(pool.getMetrics().activeCount()).isZero();
        }
    }

    @Test
    void a_try_that_refuses_leaves_nothing_and_its_transaction_can_only_roll_back() throws Exception {
        transactions.begin();
        assertThatThrownBy(() -> reserve.attempt(goods(-1)))
                .hasMessageContaining("did nothing")
                .hasRootCauseMessage("nobody reserves -1");
        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("nobody reserves -1");

        assertThat(reservations.tried()).isZero();
        assertThat(reservations.cancelled()).isZero();
        assertThat(database.strings("select state from assent_tcc_fence")).containsExactly("CANCELLED");
    }

    @Test
    void without_a_transaction_nothing_is_tried() throws Exception {
        assertThatThrownBy(() -> reserve.attempt(goods(1))).isInstanceOf(IllegalStateException.class);

        assertThat(reservations.tried()).isZero();
    }

    /** A transaction that does something as soon as a branch is enlisted. */
    private GlobalTransaction onEnlisted(GlobalTransaction transaction, Consumer<BranchId> then) {
        return (GlobalTransaction) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {GlobalTransaction.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(transaction, arguments);
                        if (method.getName().equals("enlist")) {
                            then.accept((BranchId) arguments[0]);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void a_try_that_comes_after_its_cancel_is_refused() throws Exception {
        GlobalTransaction transaction = service.begin(TIMEOUT);
        GlobalTransaction cancelledAtOnce = onEnlisted(
                transaction,
                branch -> assertThat(now(resource.recoverer().rollback(branch))).isInstanceOf(Completion.Done.class));

        assertThatThrownBy(() -> reserve.attempt(cancelledAtOnce, goods(1)))
                .isInstanceOf(TryRefusedException.class)
                .hasMessageContaining("CANCELLED");
        assertThat(transaction.commit()).isInstanceOf(Outcome.RolledBack.class);

        assertThat(reservations.tried()).isZero();
        assertThat(reservations.cancelled()).isZero();
    }

    @Test
    void a_cancel_that_comes_during_the_try_waits_for_it() throws Exception {
        AtomicReference<CompletionStage<Completion>> cancel = new AtomicReference<>();
        AtomicReference<BranchId> branch = new AtomicReference<>();
        reservations.duringTry = () -> cancel.set(resource.recoverer().rollback(Objects.requireNonNull(branch.get())));
        GlobalTransaction transaction = service.begin(TIMEOUT);

        reserve.attempt(onEnlisted(transaction, branch::set), goods(1));
        assertThat(now(Objects.requireNonNull(cancel.get()))).isInstanceOf(Completion.Done.class);
        assertThat(transaction.rollback("no")).isInstanceOf(Outcome.RolledBack.class);

        assertThat(reservations.tried()).isEqualTo(1);
        assertThat(reservations.cancelled()).isEqualTo(1);
    }

    @Test
    void another_process_ends_what_this_one_has_tried_once_however_often_it_is_told() throws Exception {
        transactions.begin();
        reserve.attempt(goods(5));
        BranchId branch = onlyBranch();
        TccResource other = Reservations.resource(database.plain());
        assertThat(now(other.recoverer().commit(branch)))
                .isInstanceOfSatisfying(Completion.Unsent.class, unsent -> assertThat(unsent.cause())
                        .contains("no participant \"reserve\""));
        TccParticipant<Goods> unused = reservations.namedIn(other);

        for (int time = 0; time < 3; time++) {
            assertThat(now(other.recoverer().commit(branch))).isInstanceOf(Completion.Done.class);
        }
        assertThat(now(other.recoverer().rollback(branch))).isInstanceOf(Completion.Heuristic.class);

        assertThat(reservations.confirmed()).isEqualTo(1);
        assertThat(reservations.cancelled()).isZero();
        assertThat(now(other.inDoubt())).isEmpty();
    }

    @Test
    void what_is_told_to_many_at_once_is_done_once() throws Exception {
        transactions.begin();
        reserve.attempt(goods(5));
        BranchId branch = onlyBranch();

        List<CompletableFuture<Completion>> told = Stream.generate(
                        () -> resource.recoverer().rollback(branch).toCompletableFuture())
                .limit(12)
                .toList();
        told.forEach(answer -> assertThat(now(answer)).isInstanceOf(Completion.Done.class));

        assertThat(reservations.cancelled()).isEqualTo(1);
    }

    @Test
    void a_branch_that_is_not_there_is_not_known_to_commit() {
        BranchId never = new BranchId(BranchId.FORMAT_ID, new byte[] {1}, new byte[] {2});

        assertThat(now(resource.recoverer().commit(never))).isInstanceOf(Completion.NotKnown.class);
    }

    @Test
    void a_confirm_that_fails_is_tried_again_and_its_row_says_why() throws Exception {
        transactions.begin();
        reserve.attempt(goods(5));
        BranchId branch = onlyBranch();
        reservations.refusesConfirm = true;

        assertThat(now(resource.recoverer().commit(branch))).isInstanceOf(Completion.Unsent.class);
        assertThat(now(resource.recoverer().commit(branch))).isInstanceOf(Completion.Unsent.class);
        assertThat(database.strings("select failures || ' ' || last_failure from assent_tcc_fence"))
                .containsExactly("2 the warehouse is closed");
        reservations.refusesConfirm = false;
        assertThat(now(resource.recoverer().commit(branch))).isInstanceOf(Completion.Done.class);

        assertThat(reservations.confirmed()).isEqualTo(1);
    }

    /** A database that carries a commit out and loses the answer, once. */
    private static DataSource losing(DataSource source, AtomicReference<String> losses) {
        return (DataSource) proxied(
                DataSource.class,
                source,
                (name, result) -> name.equals("getConnection")
                        ? proxied(Connection.class, result, (call, answer) -> {
                            if (call.equals("commit") && losses.getAndSet(null) != null) {
                                throw new SQLException("the answer was lost");
                            }
                            return answer;
                        })
                        : result);
    }

    private interface After {
        Object come(String method, Object result) throws SQLException;
    }

    private static Object proxied(Class<?> type, Object target, After after) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            try {
                return after.come(method.getName(), method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Test
    void a_confirm_whose_answer_was_lost_is_not_done_again() throws Exception {
        AtomicReference<String> losses = new AtomicReference<>();
        TccResource lossy = TccResource.open("lossy", losing(database.plain(), losses));
        TccParticipant<Goods> here = reservations.namedIn(lossy);
        lossy.takePart(transactions);
        transactions.begin();
        here.attempt(goods(1));
        BranchId branch = now(lossy.inDoubt()).get(0);

        losses.set("once");
        assertThat(now(lossy.recoverer().commit(branch))).isInstanceOf(Completion.Retry.class);
        assertThat(now(lossy.recoverer().commit(branch))).isInstanceOf(Completion.Done.class);

        assertThat(reservations.confirmed()).isEqualTo(1);
    }

    @Test
    void a_try_whose_answer_was_lost_is_cancelled() throws Exception {
        AtomicReference<String> losses = new AtomicReference<>();
        TccResource lossy = TccResource.open("lossy", losing(database.plain(), losses));
        TccParticipant<Goods> here = reservations.namedIn(lossy);
        lossy.takePart(transactions);
        transactions.begin();
        losses.set("once");

        assertThatThrownBy(() -> here.attempt(goods(1))).hasMessageContaining("has not confirmed that it committed");
        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);

        assertThat(reservations.tried()).isEqualTo(1);
        assertThat(reservations.cancelled()).isEqualTo(1);
    }

    @Test
    void a_database_that_does_not_answer_is_given_up_and_asked_again() throws Exception {
        TccResource patient = TccResource.open(
                "impatient", database.plain(), new TccLimits(1_000, Duration.ofMillis(1_500), Duration.ofDays(1), 10));
        TccParticipant<Goods> here = reservations.namedIn(patient);
        patient.takePart(transactions);
        transactions.begin();
        here.attempt(goods(1));
        BranchId branch = now(patient.inDoubt()).get(0);

        try (Connection holding = database.plain().getConnection();
                Statement statement = holding.createStatement()) {
            holding.setAutoCommit(false);
            statement.execute("lock table reservation");
            assertThat(now(patient.recoverer().commit(branch))).isInstanceOf(Completion.Unsent.class);
            holding.rollback();
        }
        assertThat(now(patient.recoverer().commit(branch))).isInstanceOf(Completion.Done.class);

        assertThat(reservations.confirmed()).isEqualTo(1);
    }

    @Test
    void arguments_that_are_too_large_are_refused_before_anything_is_done() throws Exception {
        TccResource small = TccResource.open(
                "small", database.plain(), new TccLimits(10, Duration.ofSeconds(30), Duration.ofDays(1), 10));
        TccParticipant<Goods> here = reservations.namedIn(small);
        small.takePart(transactions);
        transactions.begin();

        assertThatThrownBy(() -> here.attempt(goods(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TccLimits.argumentsBytesMax");
        transactions.commit();

        assertThat(reservations.tried()).isZero();
    }

    @Test
    void ended_branches_are_forgotten_after_their_horizon_and_others_never() throws Exception {
        AtomicLong nanos = new AtomicLong();
        TccResource forgetful = TccResource.open("forgetful", database.plain(), TccLimits.DEFAULT, ticking(nanos));
        TccParticipant<Goods> here = reservations.namedIn(forgetful);
        forgetful.takePart(transactions);
        transactions.begin();
        here.attempt(goods(1));
        transactions.commit();
        transactions.begin();
        here.attempt(goods(2));

        nanos.set(TimeUnit.MINUTES.toNanos(2));
        assertThat(now(forgetful.inDoubt())).hasSize(1);
        assertThat(database.number("select count(*) from assent_tcc_fence")).isEqualTo(2);
        database.execute("update assent_tcc_fence set horizon = now() - interval '1 second'");
        nanos.set(TimeUnit.MINUTES.toNanos(4));
        assertThat(now(forgetful.inDoubt())).hasSize(1);
        await(() -> database.number("select count(*) from assent_tcc_fence where state = 'CONFIRMED'") == 0);

        assertThat(database.strings("select state from assent_tcc_fence")).containsExactly("TRIED");
        transactions.rollback();
    }

    private static Clock ticking(AtomicLong nanos) {
        return new Clock() {
            @Override
            public long epochMillis() {
                return 0;
            }

            @Override
            public long nanos() {
                return nanos.get();
            }
        };
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
            assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void a_commit_is_durable_even_where_sessions_do_not_wait_for_it() throws Exception {
        database.execute("alter database " + database.name() + " set synchronous_commit = off");
        TccResource durable = TccResource.open("durable", database.plain());
        AtomicReference<String> seen = new AtomicReference<>();
        TccParticipant<Goods> here =
                durable.participant("durable", Arguments.ofRecord(Goods.class), new TccAction<Goods>() {
                    @Override
                    public void attempt(Connection connection, Goods goods) throws SQLException {
                        try (Statement statement = connection.createStatement();
                                ResultSet row = statement.executeQuery("show synchronous_commit")) {
                            row.next();
                            seen.set(row.getString(1));
                        }
                    }

                    @Override
                    public void confirm(Connection connection, Goods goods) {}

                    @Override
                    public void cancel(Connection connection, Goods goods) {}
                });
        durable.takePart(transactions);
        transactions.begin();
        here.attempt(goods(1));
        transactions.commit();

        assertThat(seen.get()).isEqualTo("on");
    }

    @Test
    void a_name_is_given_once_and_only_to_plain_arguments() {
        record Odd(Thread thread) {}

        assertThatThrownBy(() -> reservations.namedIn(resource)).hasMessageContaining("reserve");
        assertThatThrownBy(() -> Arguments.ofRecord(Odd.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Odd.thread")
                .hasMessageContaining("java.lang.Thread");
    }

    @Test
    void the_resource_says_which_database_it_is() {
        assertThat(now(resource.identity()).orElseThrow().text()).startsWith("PostgreSQL system ");
    }
}
