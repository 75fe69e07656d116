package dev.assent.rm.spring;

import dev.assent.metrics.AssentMeters;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TransactionFilter;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.time.Clock;
import dev.assent.traces.AssentTraces;
import dev.assent.tx.api.TransactionService;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.servlet.Filter;
import java.util.Set;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * For Spring Boot: transactions, Spring's manager over them, and their propagation over HTTP. Where the application
 * brings transaction managers of its own, one of them has to be over ours ({@link ManagerCheck}). It does nothing
 * without a {@link TransactionService}.
 */
@AutoConfiguration(
        after = AssentServiceAutoConfiguration.class,
        beforeName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnClass(JtaTransactionManager.class)
@ConditionalOnBean(TransactionService.class)
@EnableConfigurationProperties(AssentProperties.class)
public class AssentAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    AssentTransactions assentTransactions(TransactionService service, AssentProperties properties) {
        return new AssentTransactions(
                service,
                Clock.SYSTEM,
                properties.defaultTimeout(),
                properties.decisions() == AssentProperties.Decisions.DATABASE);
    }

    @Bean
    TransactionLife transactionLife(
            TransactionService service, AssentTransactions transactions, AssentProperties properties) {
        return new TransactionLife(service, transactions, properties.defaultTimeout());
    }

    /** Static and without other beans, so that no data source is made before it. */
    @Bean
    static DataSourceGuards dataSourceGuards(Environment environment) {
        return new DataSourceGuards(Binder.get(environment)
                .bind("assent.datasource.excluded", Bindable.setOf(String.class))
                .orElse(Set.of()));
    }

    /** {@link GlobalTransaction} says how a transaction is committed. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor chosenProtocol(ObjectProvider<AssentTransactions> transactions) {
        return new ChosenProtocol(transactions);
    }

    /** Spring's own manager, and the proxies that {@code @Transactional} needs. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TransactionManager.class)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class ManagerConfiguration {
        @Bean
        JtaTransactionManager transactionManager(AssentTransactions transactions) {
            return SpringTransactions.manager(transactions);
        }
    }

    @Bean
    ManagerCheck managerCheck(ListableBeanFactory beans, AssentTransactions transactions) {
        return new ManagerCheck(beans, transactions);
    }

    /** For Spring's HTTP clients: those that are beans get the interceptor by themselves. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ClientHttpRequestInterceptor.class)
    static class OutgoingConfiguration {
        @Bean
        @ConditionalOnMissingBean
        OutgoingTransactions outgoingTransactions(AssentTransactions transactions, AssentProperties properties) {
            return new OutgoingTransactions(transactions, Settings.targetHosts(properties.http()));
        }

        @Bean
        @ConditionalOnMissingBean
        PropagatingInterceptor propagatingInterceptor(OutgoingTransactions outgoing) {
            return new PropagatingInterceptor(outgoing);
        }

        @Bean
        static PropagatingClients propagatingClients(ObjectProvider<PropagatingInterceptor> interceptor) {
            return new PropagatingClients(interceptor);
        }
    }

    /** For {@code WebClient}; the other clients' beans come from {@link OutgoingConfiguration}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClient.class)
    static class ReactiveConfiguration {
        @Bean
        @ConditionalOnMissingBean
        PropagatingFilter propagatingFilter(OutgoingTransactions outgoing) {
            return new PropagatingFilter(outgoing);
        }

        @Bean
        static PropagatingWebClients propagatingWebClients(ObjectProvider<PropagatingFilter> filter) {
            return new PropagatingWebClients(filter);
        }
    }

    /** Where try, confirm, cancel is there, and Spring's JDBC, over which it works. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {"dev.assent.rm.tcc.TccResource", "org.springframework.jdbc.datasource.ConnectionHolder"})
    @Import(TwoPhaseConfiguration.class)
    static class ParticipantConfiguration {}

    /** Where Spring Boot's health is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {
        @Bean
        @ConditionalOnMissingBean(name = "assentHealthIndicator")
        @ConditionalOnProperty(name = "management.health.assent.enabled", matchIfMissing = true)
        HealthIndicator assentHealthIndicator(TransactionService service) {
            return new DecisionHealth(service);
        }
    }

    /** Where Micrometer is there: Spring Boot binds it to the application's registry. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = {"io.micrometer.core.instrument.binder.MeterBinder", "dev.assent.metrics.AssentMeters"})
    static class MetricsConfiguration {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        AssentMeters assentMeters(TransactionService service) {
            return new AssentMeters(service.events());
        }
    }

    /** Where OpenTelemetry is there: the application's bean, or what its agent has set. Without either nothing is made. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = {"io.opentelemetry.api.OpenTelemetry", "dev.assent.traces.AssentTraces"})
    static class TracesConfiguration {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        AssentTraces assentTraces(TransactionService service, ObjectProvider<OpenTelemetry> telemetry) {
            return AssentTraces.begin(telemetry.getIfUnique(GlobalOpenTelemetry::getOrNoop), service.events());
        }
    }

    /** Spring Boot puts every filter bean in front of the application. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Filter.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class IncomingConfiguration {
        @Bean
        @ConditionalOnMissingBean
        TransactionFilter transactionFilter(AssentTransactions transactions) {
            return new TransactionFilter(transactions);
        }
    }
}
