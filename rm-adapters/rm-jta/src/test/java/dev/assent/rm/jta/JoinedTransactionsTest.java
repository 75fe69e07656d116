package dev.assent.rm.jta;

import static jakarta.transaction.Status.STATUS_ACTIVE;
import static jakarta.transaction.Status.STATUS_NO_TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.tx.api.TransactionServiceException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transaction of one service (caller) joined by another (callee), both over one coordinator. */
class JoinedTransactionsTest {
    private final MemoryTransactionService service = new MemoryTransactionService();
    private final AssentTransactions caller = new AssentTransactions(service);
    private final AssentTransactions callee = new AssentTransactions(service);
    private final RecordingDatabase database = new RecordingDatabase();
    private final List<String> events = new CopyOnWriteArrayList<>();
    /** The callee hears it on threads of its own. */
    private final CountDownLatch completed = new CountDownLatch(1);

    @BeforeEach
    void begin() throws Exception {
        callee.registerRecovery(XaResourceManager.of("db", database.dataSource()), XaAbilities.TRUTHFUL);
        caller.begin();
    }

    @Test
    void joined_work_commits_with_its_caller_and_not_before() throws Exception {
        Participation call = callee.join(token());
        assertThat(callee.getStatus()).isEqualTo(STATUS_ACTIVE);
        enlist("a");
        callee.registerInterposedSynchronization(listener());
        call.leave();
        assertThat(callee.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
        assertThat(events).containsExactly("before");
        assertThat(database.told()).containsExactly("a.start", "a.end");

        caller.commit();

        assertThat(database.told()).endsWith("a.commit(one phase)");
        assertThat(completed.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(events).containsExactly("before", "after");
    }

    @Test
    void a_participant_cannot_end_the_transaction() throws Exception {
        Participation call = callee.join(token());

        assertThatThrownBy(callee::commit).isInstanceOf(IllegalStateException.class);
        assertThat(callee.getStatus()).isEqualTo(STATUS_ACTIVE);
        assertThatThrownBy(callee::rollback).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(call::leave).isInstanceOf(RollbackException.class);

        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);
    }

    @Test
    void work_that_fails_to_flush_tells_its_reason_and_rolls_all_back() throws Exception {
        Participation call = callee.join(token());
        enlist("a");
        Objects.requireNonNull(callee.getTransaction()).registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                throw new IllegalArgumentException("flush failed");
            }

            @Override
            public void afterCompletion(int status) {}
        });

        assertThatThrownBy(call::leave).isInstanceOf(RollbackException.class).hasMessageContaining("flush failed");
        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);
        assertThat(database.told()).endsWith("a.rollback");
    }

    @Test
    void a_call_that_is_still_running_keeps_the_transaction_from_committing() throws Exception {
        Participation running = callee.join(token());
        enlist("a");

        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class).hasMessageContaining("still running");

        running.close();
        assertThat(callee.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    @Test
    void a_second_call_goes_on_where_the_first_one_ended() throws Exception {
        Participation first = callee.join(token());
        callee.putResource("key", "kept");
        enlist("a");
        first.leave();

        Participation second = callee.join(token());
        assertThat(callee.getResource("key")).isEqualTo("kept");
        second.leave();
        caller.rollback();
        assertThat(database.told()).endsWith("a.rollback");
    }

    @Test
    void an_unknown_token_begins_nothing() {
        assertThatThrownBy(() -> callee.join("forged")).isInstanceOf(TransactionServiceException.class);
        assertThat(callee.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    private String token() {
        return caller.token().orElseThrow();
    }

    private void enlist(String label) throws Exception {
        Objects.requireNonNull(callee.getTransaction()).enlistResource(callee.resource("db", database.resource(label)));
    }

    private Synchronization listener() {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {
                events.add("before");
            }

            @Override
            public void afterCompletion(int status) {
                events.add("after");
                completed.countDown();
            }
        };
    }
}
