package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.EventPart;
import dev.assent.shop.service.Instances;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.ShopEvents;
import dev.assent.shop.service.ShopProperties;
import io.agroal.api.AgroalDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** The order service's own beans: Hibernate over the pool, the consumer of events, and what cancels in time. */
@Configuration(proxyBeanMethods = false)
class OrderConfiguration {
    private static final int OUTBOX_SHARDS = 4;

    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
            AgroalDataSource dataSource, AssentTransactions transactions) {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setJtaDataSource(dataSource);
        factory.setPackagesToScan("dev.assent.shop.order");
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setJpaPropertyMap(Map.of(
                "hibernate.transaction.coordinator_class", "jta",
                "assent.transactions", transactions,
                "jakarta.persistence.transactionType", "JTA",
                "hibernate.physical_naming_strategy",
                        "org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl"));
        return factory;
    }

    /** What the service hears, of its own events too; its tables are there before its first request. */
    @Bean
    EventPart orderEvents(ShopEvents events, LocalTransactions local, OrderBook orders, AgroalDataSource database)
            throws SQLException {
        events.install(database, OUTBOX_SHARDS);
        return events.consumer(
                List.of(EventKind.ORDERS, EventKind.STOCK, EventKind.PAYMENTS),
                new LocalEffect(local, new OrderEvents(orders)));
    }

    /** The inventory service's processes. */
    @Bean
    Instances inventory() {
        return new Instances("inventory");
    }

    /** The payment service's processes. */
    @Bean
    Instances payment() {
        return new Instances("payment");
    }

    @Bean
    EventPart overdueOrders(Cancellation cancellation, ShopProperties shop) {
        return new EventPart("overdue-orders", () -> new OverdueOrders(cancellation, shop.cancelAfter()).start());
    }

    /** Branches of an earlier life of this process are ended by it: nodes know nothing of these transactions. */
    @Bean
    EventPart ownTransactions(OwnCoordinator own) {
        return new EventPart("own-transactions", () -> {
            AssentTransactions unused = own.transactions();
            return () -> {};
        });
    }

    @Bean
    EventPart sagaExecutor(OrderSagas sagas, ShopProperties shop) {
        return new EventPart("order-sagas", () -> sagas.open(shop.store().config(), shop.sagasKept()));
    }
}
