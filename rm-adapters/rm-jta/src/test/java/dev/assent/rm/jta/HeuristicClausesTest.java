package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.nio.file.Path;
import java.util.Objects;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code Transaction.commit} and {@code rollback} on resources that decide by themselves, over the real coordinator.
 *
 * <pre>
 * one resource  XA_HEURRB                  HeuristicRollbackException
 * two           both XA_HEURRB             HeuristicRollbackException
 * two           one XA_HEURRB, one commits HeuristicMixedException
 * two           one XA_HEURMIX             HeuristicMixedException
 * two           one XA_HEURHAZ             HeuristicMixedException, as Jakarta Transactions has no word for a hazard
 * two           one XA_HEURCOM             committed
 * rollback      XA_HEURCOM                 SystemException that says what is committed
 * </pre>
 */
@Timeout(240)
class HeuristicClausesTest {
    private final ZooKeeperEnsemble ensemble;
    private final EmbeddedTransactionService service;
    private final AssentTransactions transactions;
    private final RecordingDatabase database = new RecordingDatabase();

    HeuristicClausesTest(@TempDir Path directory) throws Exception {
        ensemble = new ZooKeeperEnsemble(directory);
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connect()));
        transactions = new AssentTransactions(service);
        transactions.registerRecovery(XaResourceManager.of("db", database.dataSource()), XaAbilities.TRUTHFUL);
    }

    @AfterEach
    void close() {
        service.close();
        ensemble.close();
    }

    /** HeuristicRollbackException: "a heuristic decision was made and [...] all relevant updates have been rolled back". */
    @Test
    void a_single_resource_that_rolled_back_by_itself_is_a_heuristic_rollback() throws Exception {
        Transaction transaction = begun();
        enlist(database.failing("a", "commit", XAException.XA_HEURRB));

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicRollbackException.class)
                .hasMessageContaining("XA_HEURRB");
        assertThat(transaction.getStatus()).isEqualTo(Status.STATUS_ROLLEDBACK);
    }

    /** As above, "all" of several. */
    @Test
    void resources_that_all_rolled_back_by_themselves_are_a_heuristic_rollback() throws Exception {
        begun();
        enlist(database.failing("a", "commit", XAException.XA_HEURRB));
        enlist(database.failing("b", "commit", XAException.XA_HEURRB));

        assertThatThrownBy(transactions::commit).isInstanceOf(HeuristicRollbackException.class);
    }

    /** HeuristicMixedException: "some relevant updates have been committed and others have been rolled back". */
    @Test
    void one_of_two_that_rolled_back_by_itself_is_a_mixture() throws Exception {
        Transaction transaction = begun();
        enlist(database.failing("a", "commit", XAException.XA_HEURRB));
        enlist(database.resource("b"));

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("XA_HEURRB");
        assertThat(transaction.getStatus()).isEqualTo(Status.STATUS_UNKNOWN);
    }

    /** As above, within one resource. */
    @Test
    void a_resource_that_is_mixed_in_itself_is_a_mixture() throws Exception {
        begun();
        enlist(database.failing("a", "commit", XAException.XA_HEURMIX));
        enlist(database.resource("b"));

        assertThatThrownBy(transactions::commit).isInstanceOf(HeuristicMixedException.class);
    }

    /** As above; the message says that it only may be so. */
    @Test
    void a_hazard_is_told_as_a_mixture_that_may_be() throws Exception {
        begun();
        enlist(database.failing("a", "commit", XAException.XA_HEURHAZ));
        enlist(database.resource("b"));

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("may have");
    }

    /** A resource that decided what was decided is nothing to tell, and it may forget that (X/Open XA, xa_forget). */
    @Test
    void a_resource_that_committed_by_itself_is_committed_and_may_forget_it() throws Exception {
        begun();
        enlist(database.failing("a", "commit", XAException.XA_HEURCOM));
        enlist(database.resource("b"));
        assertThatCode(transactions::commit).doesNotThrowAnyException();

        begun();
        enlist(database.failing("alone", "commit", XAException.XA_HEURCOM));
        assertThatCode(transactions::commit).doesNotThrowAnyException();

        assertThat(database.told())
                .containsSubsequence("a.commit", "a.forget")
                .containsSubsequence("alone.commit(one phase)", "alone.forget");
    }

    /** Transaction.rollback: SystemException, for want of a heuristic one. */
    @Test
    void a_rollback_of_what_a_resource_committed_by_itself_says_so() throws Exception {
        begun();
        enlist(database.failing("a", "rollback", XAException.XA_HEURCOM));

        assertThatThrownBy(transactions::rollback)
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("XA_HEURCOM");
    }

    private Transaction begun() throws Exception {
        transactions.begin();
        return Objects.requireNonNull(transactions.getTransaction());
    }

    private void enlist(XAResource resource) throws Exception {
        Objects.requireNonNull(transactions.getTransaction()).enlistResource(transactions.resource("db", resource));
    }
}
