package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.LogLines;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.tx.api.TransactionService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.SimpleTransactionStatus;

/** What Spring Boot reports of a start with a mistake in it: the mistake and the remedy, not a stack trace. */
class StartFailuresTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** The report as people see it. */
    private static String reported(boolean withService, String... arguments) {
        return reported(withService, StartFailuresTest.class.getClassLoader(), arguments);
    }

    private static String reported(boolean withService, ClassLoader classPath, String... arguments) {
        return reported(withService, beans -> {}, classPath, arguments);
    }

    private static String reported(
            boolean withService,
            Consumer<ConfigurableListableBeanFactory> beans,
            ClassLoader classPath,
            String... arguments) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .resourceLoader(new DefaultResourceLoader(classPath))
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .initializers(context -> {
                    beans.accept(context.getBeanFactory());
                    if (withService) {
                        context.getBeanFactory()
                                .registerSingleton("service", (TransactionService) new MemoryTransactionService());
                    }
                })
                .build();
        ConfigurableApplicationContext[] started = new ConfigurableApplicationContext[1];
        application.addInitializers(context -> started[0] = context);
        try (ConfigurableApplicationContext running = application.run(arguments)) {
            return running.isActive() ? "started" : "ended";
        } catch (RuntimeException failure) {
            return analysis(failure, started[0]);
        }
    }

    /** Spring Boot's own way from an exception to a report, with the analyzers that it finds on the class path. */
    private static String analysis(Throwable failure, ConfigurableApplicationContext context) {
        return SpringFactoriesLoader.forDefaultResourceLocation(context.getClassLoader())
                .load(
                        FailureAnalyzer.class,
                        SpringFactoriesLoader.ArgumentResolver.of(BeanFactory.class, context.getBeanFactory())
                                .and(Environment.class, context.getEnvironment()),
                        SpringFactoriesLoader.FailureHandler.handleMessage((analyzerThatNeedsMore, reason) ->
                                assertThat(reason).isNotNull()))
                .stream()
                .map(analyzer -> Optional.ofNullable(analyzer.analyze(failure)))
                .flatMap(Optional::stream)
                .findFirst()
                .map(analysis -> analysis.getDescription() + "\n" + analysis.getAction())
                .orElseGet(() -> "no analysis of " + failure);
    }

    @Test
    void a_store_that_is_away_is_told_with_its_address_and_the_remedy() throws IOException {
        String nobody = "127.0.0.1:" + unusedPort();

        assertThat(reported(
                        false,
                        "--assent.coordination.connect=" + nobody,
                        "--assent.coordination.connect-timeout=500ms"))
                .contains("Nothing can decide transactions", nobody, "assent.coordination.connect", "assent server");
    }

    @Test
    void coordinator_nodes_that_are_away_are_told_with_their_addresses_and_the_remedy() throws IOException {
        String nobody = "127.0.0.1:" + unusedPort();

        assertThat(reported(
                        false, "--assent.coordinator.targets=" + nobody, "--assent.coordinator.connect-timeout=500ms"))
                .contains("Nothing can decide transactions", nobody, "assent.coordinator.targets", "assent node");
    }

    @ParameterizedTest
    @CsvSource({
        "assent.coordination.connect,dev.assent.tx.service.,dev.assent:tx-coordinator",
        "assent.coordinator.targets,dev.assent.tx.remote.,dev.assent:tx-agent"
    })
    void a_setting_whose_artifact_is_not_there_is_told_with_its_name(String key, String classes, String artifact) {
        assertThat(reported(false, without(classes), "--" + key + "=127.0.0.1:1"))
                .contains("Nothing can decide transactions", artifact + " is not on the class path", key);
    }

    private static ClassLoader without(String classes) {
        return new ClassLoader(StartFailuresTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith(classes)) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"node1", "node1:7400,node2", "http://node1:7400", "node1:", "node1:0"})
    void a_target_without_its_port_is_told_at_once(String targets) {
        assertThat(reported(false, "--assent.coordinator.targets=" + targets))
                .contains("assent.coordinator.targets", "is not host:port");
    }

    @ParameterizedTest
    @CsvSource({
        "assent.coordination.connect,--assent.tls.server=host,without the three files",
        "assent.coordination.connect,--assent.tls.certificate=a.pem,assent.tls.key",
        "assent.coordinator.targets,--assent.tls.key=a.key,assent.tls.trust",
        "assent.coordinator.targets,--assent.tls.server=member,names coordinator nodes: leave it out"
    })
    void half_of_what_tls_needs_is_no_plain_text_but_told(String service, String half, String remedy) {
        assertThat(reported(false, "--" + service + "=127.0.0.1:1", half)).contains("assent.tls.", remedy);
    }

    @ParameterizedTest
    @CsvSource({
        "assent.coordinator.target,assent.coordinator.targets",
        "assent.coordinator.connect,assent.coordination.connect",
        "assent.targets,assent.coordinator.targets",
        "assent.http.allowed-host,assent.http.allowed-hosts",
        "assent.default-timeouts,assent.default-timeout",
        "assent.datasource.exclude,assent.datasource.excluded"
    })
    void a_key_that_means_nothing_is_told_with_the_one_that_was_meant(String written, String meant) {
        assertThat(reported(false, "--" + written + "=1"))
                .contains(written, "did you mean " + meant + "?")
                .contains("assent.http.excluded-hosts");
    }

    @Test
    void a_key_like_no_other_is_told_with_all_there_are() {
        assertThat(reported(false, "--assent.colour=red"))
                .contains("assent.colour", "assent.coordinator.targets")
                .doesNotContain("did you mean");
    }

    @ParameterizedTest
    @CsvSource({
        "assent.http.allowed-hosts,http://inventory:8080",
        "assent.http.allowed-hosts,*.example.org",
        "assent.http.excluded-hosts,mail/"
    })
    void a_host_that_can_never_match_is_told_with_its_list(String list, String entry) {
        assertThat(reported(true, "--" + list + "=inventory," + entry))
                .contains(list, "'" + entry + "' can never match", "inventory:8080");
    }

    /** Of one that begins and ends nothing. */
    private static final class WithoutTransactions implements PlatformTransactionManager {
        @Override
        public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
            return new SimpleTransactionStatus();
        }

        @Override
        public void commit(TransactionStatus status) {}

        @Override
        public void rollback(TransactionStatus status) {}
    }

    @Test
    void a_transaction_manager_of_another_kind_in_place_of_ours_is_told_with_its_name_and_the_remedy() {
        AssentTransactions transactions = new AssentTransactions(new MemoryTransactionService());
        Consumer<ConfigurableListableBeanFactory> local =
                beans -> beans.registerSingleton("local", new WithoutTransactions());
        Consumer<ConfigurableListableBeanFactory> ours = beans -> {
            beans.registerSingleton("transactions", transactions);
            beans.registerSingleton("ours", new JtaTransactionManager(transactions, transactions));
        };
        ClassLoader classPath = getClass().getClassLoader();

        assertThat(reported(true, local, classPath))
                .contains("no global transaction", "'local' (WithoutTransactions)", "@Primary JtaTransactionManager");
        assertThat(reported(true, ours, classPath)).isEqualTo("started");
        try (LogLines lines = LogLines.of(ManagerCheck.class)) {
            // Attached only now: Spring Boot has set its logging up, which takes other appenders away.
            Consumer<ConfigurableListableBeanFactory> attached = beans -> lines.attach();
            assertThat(reported(true, attached.andThen(ours).andThen(local), classPath))
                    .isEqualTo("started");
            assertThat(lines.warnings()).singleElement().asString().contains("'local' (WithoutTransactions)");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(AssentTransactionConfiguration.class)
    static class PlainSpring {
        @Bean
        TransactionService service() {
            return new MemoryTransactionService();
        }

        /** Of the same name as ours, which it silently replaces. */
        @Bean
        PlatformTransactionManager transactionManager() {
            return new WithoutTransactions();
        }
    }

    @Test
    void plain_spring_is_not_started_with_one_that_takes_the_name_of_ours_either() {
        assertThatThrownBy(() -> new AnnotationConfigApplicationContext(PlainSpring.class))
                .isInstanceOf(ForeignManagerException.class)
                .hasMessageContaining("'transactionManager' (WithoutTransactions)");
    }

    @Test
    void a_right_start_starts() {
        assertThat(reported(true, "--assent.http.allowed-hosts=inventory,[fd00::7]:8080"))
                .isEqualTo("started");
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
