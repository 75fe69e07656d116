package dev.assent.rm.spring;

import dev.assent.tx.api.TransactionService;
import dev.assent.tx.coordinator.EmbeddedTransactionService;
import dev.assent.tx.coordinator.TxConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The transaction service that the settings ask for, unless the application has one of its own: coordinator nodes if
 * {@code assent.coordinator.targets} names them, else a coordinator in this process over the store that
 * {@code assent.coordination.connect} names.
 */
@AutoConfiguration
@EnableConfigurationProperties(AssentProperties.class)
public class AssentServiceAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty("assent.coordinator.targets")
    RemoteTransactionService remoteTransactionService(
            AssentProperties properties, @Value("${spring.application.name:application}") String application) {
        return RemoteTransactionService.connect(
                RemoteConfig.of(properties.coordinator().targets(), application));
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty("assent.coordination.connect")
    EmbeddedTransactionService embeddedTransactionService(AssentProperties properties) {
        return EmbeddedTransactionService.start(
                TxConfig.of(properties.coordination().connect()));
    }
}
