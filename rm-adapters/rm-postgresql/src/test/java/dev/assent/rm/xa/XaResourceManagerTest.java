package dev.assent.rm.xa;

import static dev.assent.rm.xa.PostgresBranch.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.Vote;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.xa.PGXADataSource;

@ExtendWith(PostgresExtension.class)
class XaResourceManagerTest {
    private static final String WORK = "UPDATE account SET balance = balance - 10 WHERE id = 1";

    private final PostgresServer server;
    private final Database database;

    XaResourceManagerTest(PostgresServer server) throws SQLException {
        this.server = server;
        this.database = server.newDatabase().withAccounts();
    }

    @Test
    void a_scan_sees_our_branches_of_this_database_and_nobody_elses() throws Exception {
        Database other = server.newDatabase().withAccounts();
        try (PostgresBranch ours = PostgresBranch.open(database);
                PostgresBranch elsewhere = PostgresBranch.open(other)) {
            assertThat(now(ours.work(WORK).prepare(ours.branch()))).isEqualTo(new Vote.Prepared());
            assertThat(now(elsewhere.work(WORK).prepare(elsewhere.branch()))).isEqualTo(new Vote.Prepared());
            prepareForeign("4711_Zm9yZWlnbg==_YjE=");
            prepareForeign("made by hand");

            assertThat(now(ours.home().inDoubt())).containsExactly(ours.branch());
            assertThat(now(elsewhere.home().inDoubt())).containsExactly(elsewhere.branch());

            assertThat(now(ours.home().recoverer().commit(ours.branch()))).isEqualTo(new Completion.Done());
            assertThat(now(elsewhere.home().recoverer().rollback(elsewhere.branch())))
                    .isEqualTo(new Completion.Done());
            assertThat(database.balance(1)).isEqualTo(90);
            assertThat(other.balance(1)).isEqualTo(100);
        } finally {
            database.execute("ROLLBACK PREPARED '4711_Zm9yZWlnbg==_YjE='");
            database.execute("ROLLBACK PREPARED 'made by hand'");
        }
    }

    @Test
    void a_branch_that_the_database_does_not_hold_is_not_known() throws Exception {
        try (PostgresBranch branch = PostgresBranch.open(database)) {
            assertThat(now(branch.home().recoverer().commit(branch.branch()))).isEqualTo(new Completion.NotKnown());
            assertThat(now(branch.home().recoverer().rollback(branch.branch()))).isEqualTo(new Completion.NotKnown());
        }
    }

    @Test
    void a_branch_ended_by_hand_after_it_was_prepared_is_told_as_what_it_is() throws Exception {
        try (PostgresBranch rolledBack = PostgresBranch.open(database);
                PostgresBranch committed = PostgresBranch.open(database)) {
            XaParticipant first = rolledBack.work(WORK);
            assertThat(now(first.prepare(rolledBack.branch()))).isEqualTo(new Vote.Prepared());
            database.execute("ROLLBACK PREPARED '" + onlyGid() + "'");
            assertThat(now(first.commit(rolledBack.branch()))).isInstanceOf(Completion.RolledBack.class);

            XaParticipant second = committed.work(WORK);
            assertThat(now(second.prepare(committed.branch()))).isEqualTo(new Vote.Prepared());
            assertThat(committed.home().localName(committed.branch())).contains("'" + onlyGid() + "'");
            database.execute("COMMIT PREPARED '" + onlyGid() + "'");
            assertThat(now(second.commit(committed.branch()))).isEqualTo(new Completion.Done());
        }
    }

    /** Its connection went back to the pool, or broke; the database's name for the transaction is still known. */
    @Test
    void a_branch_ended_by_hand_after_it_left_its_connection_is_told_as_what_it_is() throws Exception {
        try (PostgresBranch rolledBack = PostgresBranch.open(database);
                PostgresBranch committed = PostgresBranch.open(database)) {
            XaParticipant first = rolledBack.work(WORK);
            assertThat(now(first.prepare(rolledBack.branch()))).isEqualTo(new Vote.Prepared());
            assertThat(first.release()).isTrue();
            database.execute("ROLLBACK PREPARED '" + onlyGid() + "'");
            assertThat(now(first.commit(rolledBack.branch()))).isInstanceOf(Completion.RolledBack.class);

            XaParticipant second = committed.work(WORK);
            assertThat(now(second.prepare(committed.branch()))).isEqualTo(new Vote.Prepared());
            assertThat(second.release()).isTrue();
            database.execute("COMMIT PREPARED '" + onlyGid() + "'");
            assertThat(now(second.rollback(committed.branch())))
                    .isInstanceOfSatisfying(Completion.Heuristic.class, alone -> assertThat(alone.outcome())
                            .isEqualTo(HeuristicOutcome.COMMITTED));
        }
    }

    @Test
    void a_telling_for_which_no_connection_could_be_opened_was_not_sent() {
        XaResourceManager away = new XaResourceManager("away", () -> {
            throw new SQLException("connection refused");
        });
        BranchId branch = new BranchId(BranchId.FORMAT_ID, new byte[] {1}, new byte[] {2});

        assertThat(now(away.recoverer().commit(branch))).isInstanceOf(Completion.Unsent.class);
        assertThat(now(away.recoverer().rollback(branch))).isInstanceOf(Completion.Unsent.class);
    }

    private String onlyGid() throws SQLException {
        return database.strings("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
                .get(0);
    }

    @Test
    void a_database_tells_who_it_is_to_any_user_and_no_other_says_the_same() throws Exception {
        XaResourceManager one = XaResourceManager.of("accounts", database.xa());
        XaResourceManager again = XaResourceManager.of("accounts", database.xa());
        XaResourceManager other =
                XaResourceManager.of("accounts", server.newDatabase().xa());
        database.execute("CREATE ROLE nobody_special LOGIN");
        PGXADataSource plain = database.xa();
        plain.setUser("nobody_special");

        ResourceIdentity identity = now(one.identity()).orElseThrow();

        assertThat(identity.text()).startsWith("PostgreSQL system ");
        assertThat(now(again.identity())).contains(identity);
        assertThat(now(XaResourceManager.of("accounts", plain).identity())).contains(identity);
        assertThat(now(other.identity())).isPresent().isNotEqualTo(Optional.of(identity));
    }

    @Test
    void a_database_without_prepared_transactions_is_refused_with_the_remedy() throws Exception {
        try (PostgresServer unprepared = PostgresServer.withoutPreparedTransactions()) {
            XaResourceManager resource =
                    XaResourceManager.of("accounts", unprepared.newDatabase().xa());

            assertThatThrownBy(resource::checkUsable)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("max_prepared_transactions = 0")
                    .hasMessageContaining("Set max_prepared_transactions in postgresql.conf")
                    .hasMessageContaining("restart");
        }
    }

    @Test
    void a_database_out_of_reach_is_told_by_name_and_asked_again() throws Exception {
        PGXADataSource nowhere = new PGXADataSource();
        nowhere.setUrl("jdbc:postgresql://localhost:1/none?connectTimeout=2");
        XaResourceManager resource = XaResourceManager.of("ledger", nowhere);

        resource.checkUsable();

        assertThatThrownBy(() -> now(resource.inDoubt()))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("ledger");
        try (PostgresBranch branch = PostgresBranch.open(database)) {
            assertThat(now(resource.recoverer().commit(branch.branch()))).isInstanceOf(Completion.Unsent.class);
        }
    }

    @Test
    void a_name_that_cannot_travel_in_a_branch_is_refused() {
        assertThatThrownBy(() -> XaResourceManager.of("two words", database.xa()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two words");
    }

    private void prepareForeign(String gid) throws SQLException {
        try (var connection = database.plain().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO account VALUES (" + gid.length() + ", 0)");
            statement.execute("PREPARE TRANSACTION '" + gid + "'");
        }
    }
}
