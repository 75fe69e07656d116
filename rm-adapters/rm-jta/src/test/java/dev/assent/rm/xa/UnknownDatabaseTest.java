package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.xa.quirk.LoneXaResource;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A database of which nothing is known, and whose driver may do all that others are known for. What it says of a
 * branch counts as far as it is borne out by what it lists.
 *
 * <pre>
 * says to prepare | lists it                        | vote
 * OK              | yes                             | prepared
 * OK              | only to recovery                | prepared
 * OK              | no                              | rollback; whoever asks for its end hears a hazard
 * OK              | cannot be asked                 | rollback
 * read-only       | yes                             | prepared: it has to be ended
 * read-only       | no                              | read-only
 * </pre>
 */
@Timeout(240)
class UnknownDatabaseTest {
    private final BranchId branch = new BranchId(
            BranchId.FORMAT_ID, "gtrid".getBytes(StandardCharsets.US_ASCII), "b1".getBytes(StandardCharsets.US_ASCII));
    private final Driver driver = new Driver();
    private final XaResourceManager home = new XaResourceManager("stock", driver::forRecovery);

    private enum Sight {
        WITH_CONNECTION,
        RESOURCE_ONLY
    }

    private static <T> T now(CompletionStage<T> answer) {
        return answer.toCompletableFuture().orTimeout(120, TimeUnit.SECONDS).join();
    }

    private XaParticipant worked(Sight sight) throws Exception {
        return worked(sight, XaAbilities.NONE);
    }

    private XaParticipant worked(Sight sight, XaAbilities known) throws Exception {
        XaParticipant participant = home.participant(
                branch, driver, sight == Sight.WITH_CONNECTION ? answering(Connection.class) : null, known);
        participant.start();
        participant.end(true);
        return participant;
    }

    @ParameterizedTest
    @EnumSource
    void a_branch_that_is_listed_after_it_was_prepared_votes_yes(Sight sight) throws Exception {
        assertThat(now(worked(sight).prepare(branch))).isEqualTo(new Vote.Prepared());
    }

    /** The application's user need not be allowed to see what others have prepared. */
    @ParameterizedTest
    @EnumSource
    void one_that_only_recovery_can_see_votes_yes(Sight sight) throws Exception {
        driver.refusesToList = true;

        assertThat(now(worked(sight).prepare(branch))).isEqualTo(new Vote.Prepared());
    }

    @ParameterizedTest
    @EnumSource
    void one_that_is_said_to_be_prepared_and_is_not_listed_is_a_hazard(Sight sight) throws Exception {
        driver.forgetsPrepared = true;
        XaParticipant participant = worked(sight);

        assertThat(now(participant.prepare(branch))).isInstanceOf(Vote.Rollback.class);
        assertThat(now(participant.rollback(branch))).isInstanceOfSatisfying(Completion.Heuristic.class, told -> {
            assertThat(told.outcome()).isEqualTo(HeuristicOutcome.HAZARD);
            assertThat(told.cause()).contains("stock").contains("driver");
        });
    }

    @ParameterizedTest
    @EnumSource
    void one_that_cannot_be_looked_up_is_rolled_back(Sight sight) throws Exception {
        XaParticipant participant = worked(sight);
        driver.refusesToList = true;
        driver.recoveryIsAway = true;

        assertThat(now(participant.prepare(branch)))
                .isInstanceOfSatisfying(
                        Vote.Rollback.class,
                        vote -> assertThat(vote.cause()).contains("stock").contains("no route"));
        assertThat(driver.prepared).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void one_that_is_called_read_only_and_is_listed_has_to_be_ended(Sight sight) throws Exception {
        driver.answersReadOnly = true;
        XaParticipant participant = worked(sight);

        assertThat(now(participant.prepare(branch))).isEqualTo(new Vote.Prepared());
        assertThat(now(participant.commit(branch))).isEqualTo(new Completion.Done());
        assertThat(driver.prepared).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void one_that_is_called_read_only_and_is_not_listed_is_over(Sight sight) throws Exception {
        driver.answersReadOnly = true;
        driver.forgetsPrepared = true;

        assertThat(now(worked(sight).prepare(branch))).isEqualTo(new Vote.ReadOnly());
    }

    /** The answer to a one-phase commit could not be compared with anything. */
    @ParameterizedTest
    @EnumSource
    void an_only_branch_is_not_committed_in_one_phase(Sight sight) throws Exception {
        assertThat(now(worked(sight).commitOnePhase(branch))).isEqualTo(new Completion.NeedsPrepare());
    }

    @ParameterizedTest
    @EnumSource
    void a_driver_that_the_user_vouches_for_is_believed(Sight sight) throws Exception {
        driver.forgetsPrepared = true;
        XaParticipant participant = worked(sight, XaAbilities.TRUTHFUL);
        assertThat(now(participant.prepare(branch))).isEqualTo(new Vote.Prepared());

        assertThat(now(worked(sight, XaAbilities.TRUTHFUL).commitOnePhase(branch)))
                .isEqualTo(new Completion.Done());
    }

    @Test
    void what_a_server_lists_that_takes_no_writes_proves_nothing() {
        driver.takesNoWrites = true;
        home.checkUsable();

        assertThatThrownBy(() -> now(home.inDoubt()))
                .hasRootCauseInstanceOf(SQLException.class)
                .hasMessageContaining("replica");
    }

    private <T> T answering(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals("getXAResource")) {
                        return driver.listing();
                    }
                    return plain(called.getName(), called.getReturnType());
                }));
    }

    private @Nullable Object plain(String method, Class<?> result) {
        if (result == String.class) {
            return "Unheard Of";
        }
        if (result == boolean.class) {
            return method.equals("isReadOnly") && driver.takesNoWrites;
        }
        return result == int.class ? Integer.valueOf(0) : result.isInterface() ? answering(result) : null;
    }

    /** A driver as it may be. */
    private final class Driver extends LoneXaResource {
        private final Set<Xid> prepared = new HashSet<>();
        private boolean answersReadOnly;
        private boolean forgetsPrepared;
        private boolean refusesToList;
        private boolean recoveryIsAway;
        private boolean takesNoWrites;

        XAConnection forRecovery() throws SQLException {
            if (recoveryIsAway) {
                throw new SQLException("no route to host");
            }
            return answering(XAConnection.class);
        }

        /** As recovery sees it. */
        XAResource listing() {
            Driver seen = new Driver();
            seen.prepared.addAll(prepared);
            return seen;
        }

        @Override
        public void start(Xid xid, int flags) {}

        @Override
        public void end(Xid xid, int flags) {}

        @Override
        public int prepare(Xid xid) {
            if (!forgetsPrepared) {
                prepared.add(xid);
            }
            return answersReadOnly ? XA_RDONLY : XA_OK;
        }

        @Override
        public void commit(Xid xid, boolean onePhase) {
            prepared.remove(xid);
        }

        @Override
        public void rollback(Xid xid) {
            prepared.remove(xid);
        }

        @Override
        public void forget(Xid xid) {}

        @Override
        public Xid[] recover(int flag) throws XAException {
            if (refusesToList) {
                throw new XAException(XAException.XAER_RMERR);
            }
            return prepared.toArray(new Xid[0]);
        }
    }
}
