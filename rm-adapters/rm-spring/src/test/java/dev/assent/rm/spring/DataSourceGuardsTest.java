package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.LogLines;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.tx.api.TransactionService;
import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application with one pool of ours, and data sources of many makes beside it. */
@ExtendWith(PostgresExtension.class)
class DataSourceGuardsTest {
    private final Database database;
    private final LogLines lines = LogLines.of(DataSourceGuards.class);

    DataSourceGuardsTest(PostgresServer server) throws SQLException {
        this.database = server.newDatabase().withAccounts();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        AgroalDataSource orders(Database database, AssentTransactions transactions) throws SQLException {
            return DataSources.pool("orders", database.xa(), transactions);
        }

        @Bean
        DataSource lazyOrders(AgroalDataSource orders) {
            return new LazyConnectionDataSourceProxy(orders);
        }

        @Bean
        HikariDataSource reporting(Database database) {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(database.url());
            pool.setMaximumPoolSize(2);
            return pool;
        }

        @Bean
        FactoryBean<DataSource> made(Database database) {
            return new FactoryBean<>() {
                @Override
                public DataSource getObject() {
                    return plain(database);
                }

                @Override
                public Class<?> getObjectType() {
                    return DataSource.class;
                }
            };
        }

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        PGSimpleDataSource scoped(Database database) {
            return plain(database);
        }

        static PGSimpleDataSource plain(Database database) {
            PGSimpleDataSource plain = new PGSimpleDataSource();
            plain.setUrl(database.url());
            return plain;
        }
    }

    @AfterEach
    void close() {
        lines.close();
    }

    private ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .initializers(context -> {
                    // Only now: Spring Boot has set its logging up, which takes other appenders away.
                    lines.attach();
                    context.getBeanFactory().registerSingleton("database", database);
                    context.getBeanFactory()
                            .registerSingleton("service", (TransactionService) new MemoryTransactionService());
                })
                .run(arguments);
    }

    private static void inTransaction(ConfigurableApplicationContext context, Runnable work) {
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> work.run());
    }

    private static void change(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + 1 WHERE id = 1");
        }
    }

    @Test
    void a_data_source_that_takes_no_part_is_refused_inside_a_transaction_with_its_name_and_both_remedies()
            throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            for (String name : new String[] {"reporting", "made", "scoped"}) {
                DataSource source = context.getBean(name, DataSource.class);

                assertThatThrownBy(() -> inTransaction(context, () -> new JdbcTemplate(source).execute("SELECT 1")))
                        .isInstanceOf(CannotGetJdbcConnectionException.class)
                        .cause()
                        .hasMessageContaining("'" + name + "'")
                        .hasMessageContaining("DataSources.pool")
                        .hasMessageContaining("assent.datasource.excluded=" + name);
            }
        }
        assertThat(database.balance(1)).isEqualTo(100);
    }

    @Test
    void outside_of_transactions_it_works_as_ever() throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            change(context.getBean("reporting", DataSource.class));
            change(context.getBean("made", DataSource.class));
            change(context.getBean("scoped", DataSource.class));
        }
        assertThat(database.balance(1)).isEqualTo(103);
    }

    @Test
    void it_keeps_its_type_and_can_be_unwrapped_and_is_closed_with_the_application() throws Exception {
        HikariDataSource injected;
        try (ConfigurableApplicationContext context = start()) {
            injected = context.getBean(HikariDataSource.class);
            change(injected.unwrap(HikariDataSource.class));

            assertThat(injected.isWrapperFor(HikariDataSource.class)).isTrue();
            assertThat(injected.getMaximumPoolSize()).isEqualTo(2);
            assertThat(injected.getHikariPoolMXBean().getTotalConnections()).isPositive();
            assertThat(injected.isClosed()).isFalse();
        }
        assertThat(injected.isClosed()).isTrue();
    }

    @Test
    void a_pool_of_ours_and_what_wraps_it_are_left_alone() throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            for (String name : new String[] {"orders", "lazyOrders"}) {
                assertThatCode(() ->
                                inTransaction(context, () -> new JdbcTemplate(context.getBean(name, DataSource.class))
                                        .execute("SELECT 1")))
                        .doesNotThrowAnyException();
            }
            assertThat(lines.warnings()).noneMatch(line -> line.contains("rders"));
        }
    }

    @Test
    void one_that_is_not_excluded_is_told_at_the_start() {
        try (ConfigurableApplicationContext context = start("--assent.datasource.excluded=made")) {
            assertThat(context.isActive()).isTrue();

            assertThat(lines.warnings())
                    .singleElement()
                    .asString()
                    .contains("'reporting'", "DataSources.pool", "assent.datasource.excluded=reporting");
        }
    }

    @Test
    void one_that_is_made_again_and_again_is_told_once() throws Exception {
        try (ConfigurableApplicationContext context = start("--assent.datasource.excluded=made,reporting")) {
            change(context.getBean("scoped", DataSource.class));
            change(context.getBean("scoped", DataSource.class));

            assertThat(lines.warnings()).singleElement().asString().contains("'scoped'");
        }
    }

    @Test
    void an_excluded_one_commits_by_itself_as_was_asked_for() throws Exception {
        try (ConfigurableApplicationContext context = start("--assent.datasource.excluded=reporting")) {
            DataSource reporting = context.getBean("reporting", DataSource.class);
            AssentTransactions transactions = context.getBean(AssentTransactions.class);
            transactions.begin();
            change(reporting);
            transactions.rollback();
        }
        assertThat(database.balance(1)).isEqualTo(101);
    }
}
