package dev.assent.shop.order;

import dev.assent.outbox.consumer.ConsumerLoop;
import dev.assent.outbox.consumer.ConsumerSettings;
import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.jdbc.OutboxSchema;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.shop.service.ShopProperties;
import io.agroal.api.AgroalDataSource;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** The order service's own beans: Hibernate over the pool, and the consumer of its events. */
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

    @Bean(initMethod = "start", destroyMethod = "close")
    ConsumerLoop paidOrders(ShopProperties shop, AgroalDataSource tablesExist) throws SQLException {
        PGSimpleDataSource local = new PGSimpleDataSource();
        local.setUrl(shop.databaseUrl());
        OutboxSchema.install(local, OUTBOX_SHARDS);
        Ddl.INBOX.install(local);
        return new ConsumerLoop(consumer(shop), local, new PaidOrders(local));
    }

    /** With a name of its own in the group, a killed service has its partitions back as soon as it runs again. */
    private static ConsumerSettings consumer(ShopProperties shop) {
        ConsumerSettings plain = ConsumerSettings.of(shop.kafka(), shop.service(), Checkout.TOPIC);
        return new ConsumerSettings(
                plain.group(),
                plain.topics(),
                Map.of("bootstrap.servers", shop.kafka(), "group.instance.id", shop.service() + "-1"),
                plain.retry(),
                plain.deadLetterTopic());
    }
}
