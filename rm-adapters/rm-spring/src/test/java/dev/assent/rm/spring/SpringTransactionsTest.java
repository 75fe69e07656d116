package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.SettableClock;
import dev.assent.rm.testing.Shop;
import dev.assent.tx.api.TransactionService;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(PostgresExtension.class)
class SpringTransactionsTest {
    private final PostgresServer server;
    private final SettableClock clock = new SettableClock();
    private final MemoryTransactionService service = new MemoryTransactionService(clock);
    private final AssentTransactions transactions = new AssentTransactions(service, clock, Duration.ofSeconds(30));
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final Shop shop;
    private final Transfers transfers;

    SpringTransactionsTest(PostgresServer server) throws SQLException {
        this.server = server;
        this.shop = Shop.open(server, transactions);
        context.registerBean(TransactionService.class, (Supplier<TransactionService>) () -> service);
        context.registerBean("ours", AssentTransactions.class, () -> transactions, bean -> bean.setPrimary(true));
        context.registerBean(Transfers.class, () -> new Transfers(shop));
        context.register(AssentTransactionConfiguration.class);
        context.refresh();
        this.transfers = context.getBean(Transfers.class);
    }

    @AfterEach
    void close() throws SQLException {
        context.close();
        assertThat(shop.firstPool().getMetrics().activeCount()).isZero();
        shop.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void a_transactional_method_commits_both_databases() throws Exception {
        transfers.move(30);

        assertBalances(70, 130);
    }

    @Test
    void an_exception_rolls_both_databases_back() throws Exception {
        assertThatThrownBy(() -> transfers.moveAndFail(30)).hasMessage("no");

        assertBalances(100, 100);
    }

    @Test
    void rollback_rules_decide_about_checked_exceptions() throws Exception {
        assertThatThrownBy(() -> transfers.moveAndThrowChecked(10)).isInstanceOf(IOException.class);
        assertBalances(90, 110);

        assertThatThrownBy(() -> transfers.moveWithRollbackRule(10)).isInstanceOf(IOException.class);
        assertBalances(90, 110);
    }

    @Test
    void requires_new_commits_on_its_own_while_the_outer_one_rolls_back() throws Exception {
        TransactionTemplate outer = new TransactionTemplate(context.getBean(JtaTransactionManager.class));

        outer.executeWithoutResult(status -> {
            run(() -> Shop.add(shop.firstPool(), -30));
            run(() -> transfers.note(5));
            status.setRollbackOnly();
        });

        assertBalances(100, 105);
    }

    @Test
    void a_caught_failure_of_an_inner_participant_still_rolls_back_and_is_told() throws Exception {
        TransactionTemplate outer = new TransactionTemplate(context.getBean(JtaTransactionManager.class));

        assertThatThrownBy(() -> outer.executeWithoutResult(status -> {
                    try {
                        transfers.moveAndFail(30);
                    } catch (IllegalStateException | SQLException e) {
                        assertThat(e).hasMessage("no");
                    }
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertBalances(100, 100);
    }

    @Test
    void a_timeout_rolls_back_and_is_told() throws Exception {
        assertThatThrownBy(() -> transfers.moveUntil(30, () -> clock.advance(Duration.ofSeconds(1))))
                .isInstanceOfAny(UnexpectedRollbackException.class, TransactionSystemException.class);

        assertBalances(100, 100);
    }

    @Test
    void a_method_that_demands_a_transaction_is_refused_without_one() {
        assertThatThrownBy(() -> transfers.part(30)).isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void a_transactional_method_joins_an_imported_transaction_and_leaves_its_end_to_the_caller() throws Exception {
        AssentTransactions caller = new AssentTransactions(service, clock, Duration.ofSeconds(30));
        caller.begin();
        Participation call = transactions.join(caller.token().orElseThrow());
        transfers.move(30);
        assertBalances(100, 100);
        call.leave();
        assertBalances(100, 100);

        caller.commit();

        assertBalances(70, 130);
    }

    private interface Work {
        void run() throws SQLException;
    }

    private static void run(Work work) {
        try {
            work.run();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertBalances(long first, long second) throws SQLException {
        assertThat(shop.first().balance(1)).isEqualTo(first);
        assertThat(shop.second().balance(1)).isEqualTo(second);
    }
}
