package dev.assent.rm.spring;

import dev.assent.store.StoreTls;
import dev.assent.tx.api.Protocol;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.remote.agent.AcceptorConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * The transaction service that the settings ask for, unless the application has one of its own: coordinator nodes if
 * {@code assent.coordinator.targets} names them, else a coordinator in this process over the store that
 * {@code assent.coordination.connect} names. Either comes with an artifact of its own, and a start without it says which.
 */
@AutoConfiguration
@EnableConfigurationProperties(AssentProperties.class)
public class AssentServiceAutoConfiguration {

    /** Loaded only where the agent is. */
    @Order(1)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RemoteTransactionService.class)
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty(Settings.TARGETS)
    static class RemoteConfiguration {
        @Bean(destroyMethod = "close")
        RemoteTransactionService remoteTransactionService(
                AssentProperties properties, @Value("${spring.application.name:application}") String application) {
            RemoteConfig config = withProtocol(
                    withAcceptor(
                            withTls(config(properties.coordinator(), application), properties.tls()),
                            properties.acceptor()),
                    properties.protocol());
            try {
                return RemoteTransactionService.connect(config);
            } catch (TransactionServiceException away) {
                throw new ServiceAwayException(
                        Settings.TARGETS,
                        "Start the coordinator nodes (assent node), or correct where they are.",
                        away);
            }
        }

        private static RemoteConfig config(AssentProperties.Coordinator coordinator, String application) {
            try {
                return RemoteConfig.of(coordinator.targets(), application)
                        .withConnectTimeout(coordinator.connectTimeout());
            } catch (IllegalArgumentException e) {
                throw Settings.invalid(Settings.TARGETS, coordinator.targets(), e);
            }
        }

        private static RemoteConfig withTls(RemoteConfig config, AssentProperties.Tls tls) {
            Settings.refuseServer(tls);
            return Settings.files(tls).map(config::withTls).orElse(config);
        }

        private static RemoteConfig withAcceptor(RemoteConfig config, AssentProperties.Acceptor acceptor) {
            if (acceptor.directory().isEmpty()) {
                return config;
            }
            try {
                return config.withAcceptor(new AcceptorConfig(
                        Path.of(acceptor.directory()),
                        Settings.address(Settings.ACCEPTOR_LISTEN, acceptor.listen()),
                        Optional.of(acceptor.advertise()).filter(advertised -> !advertised.isEmpty()),
                        acceptor.insecure()));
            } catch (IllegalArgumentException e) {
                throw Settings.invalid(Settings.ACCEPTOR_LISTEN, acceptor.listen(), e);
            }
        }

        private static RemoteConfig withProtocol(RemoteConfig config, Protocol protocol) {
            try {
                return config.withProtocol(protocol);
            } catch (IllegalArgumentException e) {
                throw Settings.invalid(
                        Settings.PROTOCOL,
                        protocol,
                        new IllegalArgumentException(
                                "it needs an acceptor's log: set assent.acceptor.directory, or leave it out", e));
            }
        }
    }

    /** Where it should be and is not. */
    @Order(2)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("dev.assent.tx.remote.agent.RemoteTransactionService")
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty(Settings.TARGETS)
    static class NoAgentConfiguration {
        @Bean
        TransactionService remoteTransactionService() {
            throw new ServiceAwayException(Settings.TARGETS, "dev.assent:tx-agent");
        }
    }

    /** Loaded only where the coordinator is. */
    @Order(3)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(EmbeddedTransactionService.class)
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty(Settings.CONNECT)
    static class EmbeddedConfiguration {
        @Bean(destroyMethod = "close")
        EmbeddedTransactionService embeddedTransactionService(AssentProperties properties) {
            if (properties.protocol() == Protocol.THREE_PHASE) {
                throw Settings.invalid(
                        Settings.PROTOCOL,
                        properties.protocol(),
                        new IllegalArgumentException(
                                "it needs coordinator nodes: set assent.coordinator.targets, or leave it out"));
            }
            TxConfig config = config(properties.coordination(), properties.tls());
            try {
                return EmbeddedTransactionService.start(config);
            } catch (TransactionServiceException away) {
                throw new ServiceAwayException(
                        Settings.CONNECT,
                        "Start the store (assent server, or an Apache ZooKeeper ensemble), or correct where it is.",
                        away);
            }
        }

        private static TxConfig config(AssentProperties.Coordination coordination, AssentProperties.Tls tls) {
            try {
                TxConfig config = TxConfig.of(coordination.connect());
                return config.withStore(config.store()
                        .withConnectTimeout(coordination.connectTimeout())
                        .withTls(store(tls)));
            } catch (IllegalArgumentException e) {
                throw Settings.invalid(Settings.CONNECT, coordination.connect(), e);
            }
        }

        private static Optional<StoreTls> store(AssentProperties.Tls tls) {
            StoreTls.Server server =
                    tls.server() == AssentProperties.Tls.Server.HOST ? StoreTls.Server.HOST : StoreTls.Server.MEMBER;
            return Settings.files(tls).map(files -> new StoreTls(files, server));
        }
    }

    /** Where it should be and is not. */
    @Order(4)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("dev.assent.tx.service.EmbeddedTransactionService")
    @ConditionalOnMissingBean(TransactionService.class)
    @ConditionalOnProperty(Settings.CONNECT)
    static class NoCoordinatorConfiguration {
        @Bean
        TransactionService embeddedTransactionService() {
            throw new ServiceAwayException(Settings.CONNECT, "dev.assent:tx-coordinator");
        }
    }
}
