package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.service.EmbeddedTransactionService;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A Spring Boot application with nothing but properties. */
@ExtendWith(PostgresExtension.class)
class SpringBootTest {
    private final PostgresServer server;

    SpringBootTest(PostgresServer server) {
        this.server = server;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Shop shop(AssentTransactions transactions, PostgresServer server) throws SQLException {
            return Shop.open(server, transactions);
        }

        @Bean
        Transfers transfers(Shop shop) {
            return new Transfers(shop);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Bare {}

    @Test
    void one_property_makes_transactional_methods_distributed(@TempDir Path directory) throws Exception {
        try (ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(directory);
                ConfigurableApplicationContext context = start(
                        Application.class,
                        "--assent.coordination.connect=" + ensemble.connect(),
                        "--assent.http.allowed-hosts=inventory:8080",
                        "--assent.http.excluded-hosts=elsewhere,mail:25")) {
            Transfers transfers = context.getBean(Transfers.class);
            Shop shop = context.getBean(Shop.class);
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            // As Spring Boot does with every such bean, where the application has a registry.
            context.getBeansOfType(MeterBinder.class).values().forEach(binder -> binder.bindTo(meters));

            transfers.move(30);
            assertThatThrownBy(() -> transfers.moveAndFail(30)).hasMessage("no");

            await(() -> ended(meters, "committed") == 1 && ended(meters, "rolled_back") == 1);
            assertThat(context.getBean(TransactionService.class)).isInstanceOf(EmbeddedTransactionService.class);
            assertThat(shop.first().balance(1)).isEqualTo(70);
            assertThat(shop.second().balance(1)).isEqualTo(130);

            AssentTransactions transactions = context.getBean(AssentTransactions.class);
            OutgoingTransactions outgoing = context.getBean(OutgoingTransactions.class);
            transactions.begin();
            assertThat(outgoing.callTo(URI.create("http://inventory:8080/x"))).isPresent();
            assertThat(outgoing.callTo(URI.create("http://elsewhere:8080/x"))).isEmpty();
            transactions.rollback();
        }
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void without_properties_it_stays_out_of_the_way() {
        try (ConfigurableApplicationContext context = start(Bare.class)) {
            assertThat(context.getBeansOfType(AssentTransactions.class)).isEmpty();
            assertThat(context.getBeansOfType(TransactionService.class)).isEmpty();
        }
    }

    private static long ended(SimpleMeterRegistry meters, String outcome) {
        Search found = meters.find("assent.tx.duration");
        Timer timer = found.tag("outcome", outcome).timer();
        return timer == null ? 0 : timer.count();
    }

    private static void await(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(endNanos);
            Thread.onSpinWait();
        }
    }

    private ConfigurableApplicationContext start(Class<?> application, String... arguments) {
        SpringApplication configured = new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .initializers(context -> context.getBeanFactory().registerSingleton("postgres", server))
                .build();
        return configured.run(arguments);
    }
}
