package dev.assent.rm.xa;

import static dev.assent.rm.xa.PostgresBranch.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.xa.PGXADataSource;

/**
 * The faults of pgjdbc 42.7.14 on a real server, each shown with the bare driver and put right by ours.
 *
 * <pre>
 * fault                                     bare driver             ours
 * prepare of an aborted transaction         XA_OK                   vote for rollback
 * one-phase commit of it                    success                 rolled back
 * prepare after setReadOnly(true)           read-only, yet prepared read-only, nothing left
 * the same, though the branch wrote         read-only, yet prepared prepared
 * backend killed before commit              error, still prepared   retry, then done over a fresh connection
 * answer of a one-phase commit lost         error                   asked for, and told as it ended
 * the same after a failover                 error                   not known: the number may be another's
 * one-phase commit, only XAResource known   success, true or not    prepared, and decided like any other
 * COMMIT sent as SQL by the application    XA_OK, success          a hazard, whatever it is told
 * COMMIT PREPARED refused for want of right XAER_RMERR             not done, told again
 * prepare refused by a deferred constraint  connection stays open   rolled back, connection usable
 * start with TMRESUME                       refused                 never sent
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
class PostgresFaultsTest {
    private static final String WORK = "UPDATE account SET balance = balance - 10 WHERE id = 1";
    private static final String FAILURE = "BROKEN STATEMENT";

    private final PostgresServer server;
    private final Database database;
    private PostgresBranch branch;

    PostgresFaultsTest(PostgresServer server) throws SQLException {
        this.server = server;
        this.database = server.newDatabase().withAccounts();
        this.branch = PostgresBranch.open(database);
    }

    @BeforeEach
    void nothing_is_prepared() throws SQLException {
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @AfterEach
    void close() throws SQLException {
        branch.close();
        for (var left : now(branch.home().inDoubt())) {
            now(branch.home().recoverer().rollback(left));
        }
    }

    @Test
    void the_bare_driver_votes_yes_for_an_aborted_transaction() throws Exception {
        branch.workBare(WORK, FAILURE);

        assertThat(branch.driver().prepare(branch.xid())).isEqualTo(XAResource.XA_OK);
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void an_aborted_transaction_votes_for_rollback() throws Exception {
        XaParticipant participant = branch.work(WORK, FAILURE);

        assertThat(now(participant.prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);
        assertThat(now(participant.rollback(branch.branch()))).isEqualTo(new Completion.Done());
        assertThat(branch.backend()).isPositive();
    }

    @Test
    void an_aborted_transaction_votes_for_rollback_when_only_its_resource_is_known() throws Exception {
        XaParticipant participant = branch.workUnseen(WORK, FAILURE);

        assertThat(now(participant.prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);
    }

    @Test
    void the_bare_driver_reports_a_one_phase_commit_of_an_aborted_transaction_as_done() throws Exception {
        branch.workBare(WORK, FAILURE);

        branch.driver().commit(branch.xid(), true);

        assertThat(database.balance(1)).isEqualTo(100);
    }

    @Test
    void one_phase_commit_of_an_aborted_transaction_is_told_as_rolled_back() throws Exception {
        XaParticipant participant = branch.work(WORK, FAILURE);

        assertThat(now(participant.commitOnePhase(branch.branch()))).isInstanceOf(Completion.RolledBack.class);
        assertThat(database.balance(1)).isEqualTo(100);
    }

    @Test
    void one_phase_commit_is_not_believed_when_only_the_resource_is_known() throws Exception {
        XaParticipant participant = branch.workUnseen(WORK);

        assertThat(now(participant.commitOnePhase(branch.branch()))).isEqualTo(new Completion.NeedsPrepare());
        assertThat(now(participant.prepare(branch.branch()))).isEqualTo(new Vote.Prepared());
        assertThat(now(participant.commit(branch.branch()))).isEqualTo(new Completion.Done());
        assertThat(database.balance(1)).isEqualTo(90);
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void a_witness_of_another_history_proves_nothing() throws Exception {
        XaQuirks quirks = branch.home().quirks();
        long committed = database.number("SELECT xmin::text::bigint FROM account WHERE id = 1");
        String timeline = database.strings("SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)")
                .get(0);

        try (Connection fresh = database.plain().getConnection()) {
            assertThat(quirks.settle(timeline + ":" + committed, fresh)).isEqualTo(new Completion.Done());
            assertThat(quirks.settle("0000ABCD:" + committed, fresh)).isEqualTo(new Completion.NotKnown());
            assertThat(quirks.settle(timeline + ":99999999999", fresh)).isEqualTo(new Completion.NotKnown());
        }
    }

    @Test
    void the_bare_driver_leaves_a_read_only_branch_prepared() throws Exception {
        branch.connection().setReadOnly(true);
        branch.workBare("SELECT * FROM account");

        assertThat(branch.driver().prepare(branch.xid())).isEqualTo(XAResource.XA_RDONLY);
        assertThat(server.preparedTransactions()).hasSize(1);
    }

    @Test
    void a_read_only_branch_votes_so_and_leaves_nothing() throws Exception {
        branch.connection().setReadOnly(true);
        XaParticipant participant = branch.work("SELECT * FROM account");

        assertThat(now(participant.prepare(branch.branch()))).isEqualTo(new Vote.ReadOnly());
        assertThat(server.preparedTransactions()).isEmpty();
    }

    /** The connection's flag is not the transaction's: with readOnlyMode=ignore, or as here, the two differ. */
    @Test
    void a_branch_that_wrote_under_a_read_only_connection_votes_prepared() throws Exception {
        branch.connection().setReadOnly(true);
        XaParticipant participant = branch.work("SET TRANSACTION READ WRITE", WORK);

        assertThat(now(participant.prepare(branch.branch()))).isEqualTo(new Vote.Prepared());
        assertThat(now(participant.commit(branch.branch()))).isEqualTo(new Completion.Done());
        assertThat(database.balance(1)).isEqualTo(90);
        assertThat(server.preparedTransactions()).isEmpty();
    }

    // What is foretold after many branches that wrote

    private void manyBranchesWrite() throws Exception {
        for (int i = 0; i < WorkForecast.STREAK; i++) {
            assertThat(branch.home().forecast().isDoubtful()).isTrue();
            PostgresBranch next = branch.next();
            assertThat(now(next.work(WORK).prepare(next.branch()))).isEqualTo(new Vote.Prepared());
            assertThat(now(next.home().recoverer().commit(next.branch()))).isEqualTo(new Completion.Done());
        }
        branch = branch.next();
        assertThat(branch.home().forecast().isDoubtful()).isFalse();
    }

    @Test
    void after_many_writers_an_aborted_transaction_votes_for_rollback_all_the_same() throws Exception {
        manyBranchesWrite();

        assertThat(now(branch.work(WORK, FAILURE).prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);
    }

    @Test
    void after_many_writers_a_read_only_connection_votes_so_all_the_same() throws Exception {
        manyBranchesWrite();
        branch.connection().setReadOnly(true);

        assertThat(now(branch.work("SELECT * FROM account").prepare(branch.branch())))
                .isEqualTo(new Vote.ReadOnly());
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void after_many_writers_a_branch_that_only_read_is_prepared_and_ends_like_any_other() throws Exception {
        manyBranchesWrite();
        XaParticipant reader = branch.work("SELECT * FROM account");

        assertThat(now(reader.prepare(branch.branch()))).isEqualTo(new Vote.Prepared());
        assertThat(now(reader.commit(branch.branch()))).isEqualTo(new Completion.Done());
    }

    @Test
    void a_reader_that_cannot_be_prepared_is_the_last_one_foretold() throws Exception {
        execute("CREATE TEMPORARY TABLE scratch (id int)");
        manyBranchesWrite();

        assertThat(now(branch.work("SELECT * FROM scratch").prepare(branch.branch())))
                .isInstanceOf(Vote.Rollback.class);

        assertThat(branch.home().forecast().isDoubtful()).isTrue();
        branch = branch.next();
        assertThat(now(branch.work("SELECT * FROM scratch").prepare(branch.branch())))
                .isEqualTo(new Vote.ReadOnly());
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = branch.connection().createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_branch_that_wrote_nothing_is_read_only_without_being_declared_so() throws Exception {
        XaParticipant participant = branch.work("SELECT * FROM account");

        assertThat(now(participant.prepare(branch.branch()))).isEqualTo(new Vote.ReadOnly());
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void the_bare_driver_cannot_commit_after_its_backend_was_killed() throws Exception {
        branch.workBare(WORK);
        branch.driver().prepare(branch.xid());
        kill();

        assertThatThrownBy(() -> branch.driver().commit(branch.xid(), false)).isInstanceOf(XAException.class);
        assertThat(server.preparedTransactions()).hasSize(1);
    }

    @Test
    void a_branch_whose_backend_was_killed_is_committed_on_the_next_attempt() throws Exception {
        XaParticipant participant = branch.work(WORK);
        assertThat(now(participant.prepare(branch.branch()))).isEqualTo(new Vote.Prepared());
        kill();

        assertThat(now(participant.commit(branch.branch()))).isInstanceOf(Completion.Retry.class);
        assertThat(now(branch.home().inDoubt())).containsExactly(branch.branch());
        assertThat(now(participant.commit(branch.branch()))).isEqualTo(new Completion.Done());

        assertThat(now(branch.home().inDoubt())).isEmpty();
        assertThat(database.balance(1)).isEqualTo(90);
        assertThat(now(participant.commit(branch.branch())))
                .as("gone, and the database tells how")
                .isEqualTo(new Completion.Done());
    }

    @Test
    void a_lost_answer_of_a_one_phase_commit_is_asked_for() throws Exception {
        XaParticipant participant = branch.workThrough(losingAnswersOf("commit", true), WORK);

        assertThat(now(participant.commitOnePhase(branch.branch()))).isInstanceOf(Completion.Retry.class);
        assertThat(now(participant.commitOnePhase(branch.branch()))).isEqualTo(new Completion.Done());
        assertThat(database.balance(1)).isEqualTo(90);
    }

    @Test
    void a_one_phase_commit_that_never_arrived_is_told_as_rolled_back() throws Exception {
        XaParticipant participant = branch.workThrough(losingAnswersOf("commit", false), WORK);

        assertThat(now(participant.commitOnePhase(branch.branch()))).isInstanceOf(Completion.Retry.class);
        assertThat(now(participant.commitOnePhase(branch.branch()))).isInstanceOf(Completion.Retry.class);
        kill();
        assertThat(now(participant.commitOnePhase(branch.branch()))).isInstanceOf(Completion.RolledBack.class);
        assertThat(database.balance(1)).isEqualTo(100);
    }

    @Test
    void the_bare_driver_leaves_a_refused_branch_open() throws Exception {
        deferredConstraint();
        branch.workBare("INSERT INTO child VALUES (99)");

        assertThatThrownBy(() -> branch.driver().prepare(branch.xid()))
                .isInstanceOfSatisfying(
                        XAException.class, e -> assertThat(XaError.of(e)).isEqualTo(XaError.XA_RBINTEGRITY));
        assertThatThrownBy(() -> branch.driver().start(branch.xid(), XAResource.TMNOFLAGS))
                .isInstanceOf(XAException.class);
    }

    @Test
    void a_refused_branch_is_rolled_back_on_its_connection_which_stays_usable() throws Exception {
        deferredConstraint();
        XaParticipant participant = branch.work("INSERT INTO child VALUES (99)");

        assertThat(now(participant.prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);

        branch.workBare(WORK);
        assertThat(branch.driver().prepare(branch.xid())).isEqualTo(XAResource.XA_OK);
        assertThat(participant.release()).isTrue();
    }

    @Test
    void work_goes_on_in_the_same_branch_without_resume_or_a_second_connection() throws Exception {
        assertThatThrownBy(() -> branch.driver().start(branch.xid(), XAResource.TMRESUME))
                .isInstanceOf(XAException.class);

        XaParticipant participant = branch.work(WORK);
        participant.start();
        try (var statement = branch.connection().createStatement()) {
            statement.execute(WORK);
        }
        participant.end(true);

        assertThat(now(participant.commitOnePhase(branch.branch()))).isEqualTo(new Completion.Done());
        assertThat(database.balance(1)).isEqualTo(80);
    }

    @Test
    void a_branch_ended_by_sql_of_the_application_is_not_voted_for() throws Exception {
        XaParticipant participant = branch.work(WORK, "ROLLBACK");

        assertThat(now(participant.prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);
    }

    @Test
    void a_branch_that_the_application_committed_by_sql_is_never_told_as_rolled_back() throws Exception {
        XaParticipant participant = branch.work(WORK, "COMMIT");

        assertThat(now(participant.prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);
        assertThat(now(participant.rollback(branch.branch())))
                .isInstanceOfSatisfying(Completion.Heuristic.class, PostgresFaultsTest::isHazard);
        assertThat(database.balance(1)).isEqualTo(90);
        assertThat(participant.release()).isTrue();
        branch = branch.next();
        assertThat(now(branch.work(WORK).prepare(branch.branch()))).isEqualTo(new Vote.Prepared());
    }

    @Test
    void nor_is_it_in_one_phase() throws Exception {
        XaParticipant participant = branch.work(WORK, "COMMIT");

        assertThat(now(participant.commitOnePhase(branch.branch())))
                .isInstanceOfSatisfying(Completion.Heuristic.class, PostgresFaultsTest::isHazard);
    }

    @Test
    void nor_is_it_when_it_is_rolled_back_and_nobody_watched_its_statements() throws Exception {
        XaParticipant participant = branch.work(WORK, "COMMIT");
        participant.unwatched();

        assertThat(now(participant.rollback(branch.branch())))
                .isInstanceOfSatisfying(Completion.Heuristic.class, PostgresFaultsTest::isHazard);
    }

    /** The driver says yes to prepare; whether that is true cannot be asked over its connection, so over another. */
    @Test
    void nor_is_it_when_only_its_resource_is_known_and_the_look_at_it_fails() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        XAResource forgetful = onCall(branch.driver(), "recover", call -> {
            if (looks.incrementAndGet() == 2) {
                throw new XAException(XAException.XAER_RMFAIL);
            }
            return call.call();
        });
        XaParticipant participant = branch.home().participant(branch.branch(), forgetful, null);
        participant.start();
        execute(WORK);
        execute("COMMIT");
        participant.end(true);

        assertThat(now(participant.prepare(branch.branch()))).isInstanceOf(Vote.Rollback.class);
        assertThat(looks).hasValue(2);
        assertThat(now(participant.rollback(branch.branch())))
                .isInstanceOfSatisfying(Completion.Heuristic.class, PostgresFaultsTest::isHazard);
    }

    private static void isHazard(Completion.Heuristic told) {
        assertThat(told.outcome()).isEqualTo(HeuristicOutcome.HAZARD);
    }

    @Test
    void a_refusal_of_the_server_counts_as_not_done() throws Exception {
        PGXADataSource stranger = database.xa();
        database.execute("DROP ROLE IF EXISTS stranger");
        database.execute("CREATE ROLE stranger LOGIN");
        stranger.setUser("stranger");
        XaResourceManager theirs = XaResourceManager.of("accounts", stranger);
        theirs.checkUsable();
        XaParticipant participant = branch.work(WORK);
        assertThat(now(participant.prepare(branch.branch()))).isEqualTo(new Vote.Prepared());

        assertThat(now(theirs.recoverer().commit(branch.branch()))).isInstanceOf(Completion.Unsent.class);
        assertThat(now(theirs.recoverer().rollback(branch.branch()))).isInstanceOf(Completion.Unsent.class);

        assertThat(now(participant.rollback(branch.branch()))).isEqualTo(new Completion.Done());
    }

    @Test
    void a_bug_of_the_driver_in_a_one_phase_commit_leaves_it_to_be_asked_for() throws Exception {
        XaParticipant participant = branch.workThrough(
                driver -> onCall(driver, "commit", call -> {
                    Object unused = call.call();
                    throw new IllegalStateException("a bug");
                }),
                WORK);

        assertThat(now(participant.commitOnePhase(branch.branch()))).isInstanceOf(Completion.Retry.class);
        assertThat(now(participant.commitOnePhase(branch.branch()))).isEqualTo(new Completion.Done());
        assertThat(database.balance(1)).isEqualTo(90);
    }

    @Test
    void a_look_for_lost_clients_of_somebody_elses_is_relied_on_only_if_it_comes_soon() throws Exception {
        XaQuirks quirks = branch.home().quirks();

        execute("SET client_connection_check_interval = '1h'");
        assertThat(quirks.letServerNoticeLoss(branch.connection())).isFalse();
        execute("SET client_connection_check_interval = '200ms'");
        assertThat(quirks.letServerNoticeLoss(branch.connection())).isTrue();
        execute("SET client_connection_check_interval = 0");
        assertThat(quirks.letServerNoticeLoss(branch.connection())).isTrue();
        assertThat(quirks.letServerNoticeLoss(branch.connection())).isTrue();
    }

    @Test
    void a_rollback_under_running_work_takes_the_connection_away() throws Exception {
        XaParticipant participant = branch.home().participant(branch.branch(), branch.driver(), branch.connection());
        participant.start();
        try (var statement = branch.connection().createStatement()) {
            statement.execute(WORK);
        }

        assertThat(now(participant.rollback(branch.branch()))).isEqualTo(new Completion.Done());

        assertThatThrownBy(() -> branch.connection().createStatement().execute(WORK))
                .isInstanceOf(SQLException.class);
        assertThat(participant.release()).isFalse();
        assertThat(database.balance(1)).isEqualTo(100);
    }

    private void deferredConstraint() throws SQLException {
        database.execute("CREATE TABLE child(account int REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED)");
    }

    /** Ends the branch's backend, and waits until it is gone. */
    private void kill() throws SQLException {
        int backend = branch.backend();
        database.number("SELECT CASE WHEN pg_terminate_backend(" + backend + ", 10000) THEN 1 ELSE 0 END");
    }

    private static XAResource onCall(XAResource driver, String method, Instead instead) {
        return (XAResource) Proxy.newProxyInstance(
                XAResource.class.getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, called, arguments) -> {
                    Callable<Object> call = () -> called.invoke(driver, arguments);
                    try {
                        return called.getName().equals(method) ? instead.of(call) : call.call();
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private interface Instead {
        Object of(Callable<Object> call) throws Exception;
    }

    private static UnaryOperator<XAResource> losingAnswersOf(String method, boolean delivered) {
        return driver -> (XAResource) Proxy.newProxyInstance(
                XAResource.class.getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, called, arguments) -> {
                    boolean lost = called.getName().equals(method);
                    try {
                        Object answer = lost && !delivered ? null : called.invoke(driver, arguments);
                        if (lost) {
                            throw new XAException(XAException.XAER_RMFAIL);
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
