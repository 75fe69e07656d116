package dev.assent.rm.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.hibernate.HibernateException;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Entities in two databases under one transaction; Hibernate finds our platform by itself. */
@ExtendWith(PostgresExtension.class)
class HibernateTransactionsTest {
    private final PostgresServer server;
    private final AssentTransactions transactions = new AssentTransactions(new MemoryTransactionService());
    private final Shop shop;
    private final EntityManagerFactory first;
    private final EntityManagerFactory second;

    HibernateTransactionsTest(PostgresServer server) throws SQLException {
        this.server = server;
        this.shop = Shop.open(server, transactions);
        this.first = factory(shop.firstPool());
        this.second = factory(shop.secondPool());
    }

    @AfterEach
    void close() throws SQLException {
        first.close();
        second.close();
        assertThat(shop.firstPool().getMetrics().activeCount()).isZero();
        shop.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void entities_of_two_databases_are_flushed_and_committed_together() throws Exception {
        transactions.begin();
        try (EntityManager from = first.createEntityManager();
                EntityManager to = second.createEntityManager()) {
            from.find(Account.class, 1).add(-30);
            to.find(Account.class, 1).add(30);
            to.persist(new Account(3, 7));
        }
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.second().balance(1)).isEqualTo(130);
        assertThat(shop.second().balance(3)).isEqualTo(7);
    }

    @Test
    void entities_of_two_databases_are_rolled_back_together() throws Exception {
        transactions.begin();
        try (EntityManager from = first.createEntityManager();
                EntityManager to = second.createEntityManager()) {
            from.find(Account.class, 1).add(-30);
            to.find(Account.class, 1).add(30);
            from.flush();
        }
        transactions.rollback();

        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @Test
    void a_flush_that_fails_at_commit_rolls_both_databases_back_and_is_the_cause() throws Exception {
        transactions.begin();
        try (EntityManager from = first.createEntityManager();
                EntityManager to = second.createEntityManager()) {
            from.find(Account.class, 1).add(-30);
            from.flush();
            to.persist(new Account(2, 0));
        }

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("account");
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    @Test
    void a_persistence_unit_without_our_transactions_says_how_to_get_them() {
        PersistenceConfiguration configuration = configuration(shop.firstPool());
        configuration.properties().remove(AssentJtaPlatform.TRANSACTIONS);

        assertThatThrownBy(() -> {
                    try (EntityManagerFactory factory = configuration.createEntityManagerFactory();
                            EntityManager manager = factory.createEntityManager()) {
                        manager.joinTransaction();
                    }
                })
                .rootCause()
                .isInstanceOf(HibernateException.class)
                .hasMessageContaining(AssentJtaPlatform.TRANSACTIONS);
    }

    private EntityManagerFactory factory(DataSource pool) {
        return configuration(pool).createEntityManagerFactory();
    }

    private PersistenceConfiguration configuration(DataSource pool) {
        return new HibernatePersistenceConfiguration("accounts")
                .managedClass(Account.class)
                .transactionType(PersistenceUnitTransactionType.JTA)
                .property("jakarta.persistence.jtaDataSource", pool)
                .property(AssentJtaPlatform.TRANSACTIONS, transactions);
    }
}
