package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jakarta Transactions 2.0, {@code jakarta.transaction.Status}: what is told while a transaction ends. */
class StatusClausesTest {
    private final MemoryTransactionService service = new MemoryTransactionService();
    private final AssentTransactions transactions = new AssentTransactions(service);
    private final RecordingDatabase database = new RecordingDatabase();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void register() {
        transactions.registerRecovery(XaResourceManager.of("db", database.dataSource()), XaAbilities.TRUTHFUL);
    }

    /** STATUS_PREPARING, STATUS_PREPARED and STATUS_COMMITTING, and STATUS_ACTIVE before completion begins. */
    @Test
    void a_commit_in_two_phases_is_seen_preparing_then_prepared_then_committing() throws Exception {
        Transaction transaction = begun();
        transaction.registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                see("before", transaction);
            }

            @Override
            public void afterCompletion(int status) {
                seen.add("after " + status);
                see("after", transaction);
            }
        });
        enlist(database.watched("a", call -> see(call, transaction)));
        enlist(database.watched("b", call -> see(call, transaction)));
        service.atDecision(() -> see("decision", transaction));

        transactions.commit();

        assertThat(seen)
                .containsExactly(
                        "start " + Status.STATUS_ACTIVE,
                        "start " + Status.STATUS_ACTIVE,
                        "before " + Status.STATUS_ACTIVE,
                        "end " + Status.STATUS_ACTIVE,
                        "end " + Status.STATUS_ACTIVE,
                        "prepare " + Status.STATUS_PREPARING,
                        "prepare " + Status.STATUS_PREPARING,
                        "decision " + Status.STATUS_PREPARED,
                        "commit " + Status.STATUS_COMMITTING,
                        "commit " + Status.STATUS_COMMITTING,
                        "after " + Status.STATUS_COMMITTED,
                        "after " + Status.STATUS_COMMITTED);
    }

    /** STATUS_COMMITTING: a single resource is never prepared. */
    @Test
    void a_commit_in_one_phase_is_seen_committing() throws Exception {
        Transaction transaction = begun();
        enlist(database.watched("a", call -> see(call, transaction)));

        transactions.commit();

        assertThat(seen).last().isEqualTo("commit(one phase) " + Status.STATUS_COMMITTING);
    }

    /** STATUS_ROLLING_BACK, also after a resource has refused to prepare. */
    @Test
    void a_transaction_whose_resource_refuses_is_seen_rolling_back() throws Exception {
        Transaction transaction = begun();
        enlist(database.watched("a", call -> see(call, transaction)));
        enlist(database.failing("b", "prepare", XAException.XA_RBDEADLOCK));

        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);

        assertThat(seen).last().isEqualTo("rollback " + Status.STATUS_ROLLING_BACK);
        assertThat(transaction.getStatus()).isEqualTo(Status.STATUS_ROLLEDBACK);
    }

    /** Transaction.enlistResource: IllegalStateException "if the transaction [...] is in the prepared state". */
    @Test
    void a_prepared_transaction_takes_no_work_no_synchronization_and_no_mark() throws Exception {
        Transaction transaction = begun();
        enlist(database.resource("a"));
        enlist(database.resource("b"));
        List<Throwable> refusals = new ArrayList<>();
        service.atDecision(() -> {
            refuse(refusals, () -> transaction.enlistResource(transactions.resource("db", database.resource("c"))));
            refuse(refusals, () -> transaction.delistResource(database.resource("a"), XAResource.TMSUCCESS));
            refuse(refusals, () -> transaction.registerSynchronization(null));
            refuse(refusals, transaction::setRollbackOnly);
            refuse(refusals, transaction::rollback);
            refuse(refusals, transaction::commit);
        });

        transactions.commit();

        assertThat(refusals).hasSize(6).allSatisfy(refusal -> assertThat(refusal)
                .isInstanceOf(IllegalStateException.class));
    }

    /** Section 3.3.3, seen by a service that joined: its part is prepared when the originator asks. */
    @Test
    void a_joined_transaction_is_seen_preparing_when_its_originator_commits() throws Exception {
        AssentTransactions caller = new AssentTransactions(service);
        caller.begin();
        Participation call = transactions.join(caller.token().orElseThrow());
        Transaction joined = Objects.requireNonNull(transactions.getTransaction());
        enlist(database.watched("a", told -> see(told, joined)));
        enlist(database.watched("b", told -> see(told, joined)));
        call.leave();

        caller.commit();

        assertThat(seen).contains("prepare " + Status.STATUS_PREPARING, "commit " + Status.STATUS_COMMITTING);
        assertThat(joined.getStatus()).isEqualTo(Status.STATUS_COMMITTED);
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static void refuse(List<Throwable> refusals, Attempt attempt) {
        try {
            attempt.run();
            refusals.add(new AssertionError("it was allowed"));
        } catch (Exception e) {
            refusals.add(e);
        }
    }

    private void see(String what, Transaction transaction) {
        try {
            seen.add(what + " " + transaction.getStatus());
        } catch (SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    private Transaction begun() throws Exception {
        transactions.begin();
        return Objects.requireNonNull(transactions.getTransaction());
    }

    private void enlist(XAResource resource) throws Exception {
        Objects.requireNonNull(transactions.getTransaction()).enlistResource(transactions.resource("db", resource));
    }
}
