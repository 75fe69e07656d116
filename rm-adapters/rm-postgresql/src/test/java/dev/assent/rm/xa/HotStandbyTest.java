package dev.assent.rm.xa;

import static dev.assent.rm.xa.PostgresBranch.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/**
 * Recovery over a server that follows another one.
 *
 * <pre>
 * resources: a PostgreSQL and a hot standby of it, by streaming replication
 * state:     a branch is prepared on the primary, and replayed on the standby
 * expected:  the standby, which says that it is the same database and lists nothing, proves nothing; once promoted it
 *            lists the branch, and ends it
 * </pre>
 */
@Timeout(240)
class HotStandbyTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    @Test
    void an_empty_list_of_a_standby_is_no_proof_until_it_is_promoted(@TempDir Path directory) throws Exception {
        try (PostgresServer primary = PostgresServer.ofItsOwn()) {
            Database accounts = primary.newDatabase().withAccounts();
            try (PostgresServer standby = primary.standby(directory);
                    PostgresBranch branch = PostgresBranch.open(accounts)) {
                assertThat(now(branch.work("UPDATE account SET balance = 70 WHERE id = 1")
                                .prepare(branch.branch())))
                        .isEqualTo(new Vote.Prepared());
                Database replica = standby.database(accounts.name());
                awaitReplayed(accounts, replica);
                assertThat(recovered(replica)).isEmpty();

                XaResourceManager onStandby = XaResourceManager.of("accounts", replica.xa());
                onStandby.checkUsable();
                assertThat(now(onStandby.identity()))
                        .isPresent()
                        .isEqualTo(now(branch.home().identity()));
                assertThatThrownBy(() -> now(onStandby.inDoubt()))
                        .hasRootCauseInstanceOf(SQLException.class)
                        .hasMessageContaining("standby")
                        .hasMessageContaining("targetServerType=primary");
                assertThat(now(onStandby.recoverer().rollback(branch.branch())))
                        .isInstanceOf(Completion.Unsent.class); // a server that refuses has done nothing, for certain

                PGXADataSource either = new PGXADataSource();
                either.setUser("postgres");
                either.setUrl("jdbc:postgresql://" + address(replica) + "," + address(accounts) + "/" + accounts.name()
                        + "?targetServerType=primary");
                assertThat(now(XaResourceManager.of("accounts", either).inDoubt()))
                        .containsExactly(branch.branch());

                standby.promote();

                assertThat(now(onStandby.inDoubt())).containsExactly(branch.branch());
                assertThat(now(onStandby.recoverer().commit(branch.branch()))).isEqualTo(new Completion.Done());
                assertThat(replica.balance(1)).isEqualTo(70);
                assertThat(now(branch.home().recoverer().rollback(branch.branch())))
                        .isEqualTo(new Completion.Done());
            }
        }
    }

    private static void awaitReplayed(Database primary, Database replica) throws Exception {
        String written =
                primary.strings("SELECT pg_current_wal_flush_lsn()::text").get(0);
        long endNanos = System.nanoTime() + SOON.toNanos();
        List<String> replayed = List.of();
        while (!replayed.equals(List.of("t")) && System.nanoTime() < endNanos) {
            replayed = replica.strings("SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '" + written + "') >= 0");
        }
        assertThat(replayed).containsExactly("t");
    }

    /** What the bare driver says. */
    private static Xid[] recovered(Database database) throws Exception {
        XAConnection connection = database.xa().getXAConnection();
        try {
            return connection.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
        } finally {
            connection.close();
        }
    }

    private static String address(Database database) {
        return database.url().replaceAll("jdbc:postgresql://([^/]+)/.*", "$1");
    }
}
