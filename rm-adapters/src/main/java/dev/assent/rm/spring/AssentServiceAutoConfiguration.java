package dev.assent.rm.spring;

import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
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
    @ConditionalOnProperty(Settings.TARGETS)
    RemoteTransactionService remoteTransactionService(
            AssentProperties properties, @Value("${spring.application.name:application}") String application) {
        RemoteConfig config = Settings.remote(properties.coordinator(), application);
        try {
            return RemoteTransactionService.connect(config);
        } catch (TransactionServiceException away) {
            throw new ServiceAwayException(
                    Settings.TARGETS, "Start the coordinator nodes (assent node), or correct where they are.", away);
        }
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty(Settings.CONNECT)
    EmbeddedTransactionService embeddedTransactionService(AssentProperties properties) {
        TxConfig config = Settings.embedded(properties.coordination());
        try {
            return EmbeddedTransactionService.start(config);
        } catch (TransactionServiceException away) {
            throw new ServiceAwayException(
                    Settings.CONNECT,
                    "Start the store (assent server, or an Apache ZooKeeper ensemble), or correct where it is.",
                    away);
        }
    }
}
