package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.http.UnlistedHostException;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.tx.api.TransactionService;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Clients of an application that does not think of transactions. */
class PropagatingClientsTest {
    /** Nobody resolves it, so a request that went out would fail otherwise. */
    private static final String ELSEWHERE = "http://elsewhere.invalid/work";

    private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .initializers(beans -> beans.getBeanFactory()
                    .registerSingleton("service", (TransactionService) new MemoryTransactionService()))
            .run();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        RestClient client() {
            return RestClient.create();
        }

        @Bean
        RestClient.Builder builder() {
            return RestClient.builder();
        }

        @Bean
        RestTemplate template() {
            return new RestTemplate();
        }

        @Bean
        WebClient reactive() {
            return WebClient.create();
        }

        @Bean
        WebClient.Builder reactiveBuilder() {
            return WebClient.builder();
        }

        @Bean
        RestTemplate thoughtOf(PropagatingInterceptor interceptor) {
            RestTemplate template = new RestTemplate();
            template.getInterceptors().add(interceptor);
            return template;
        }
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void no_client_that_is_a_bean_leaves_a_transaction_in_silence() throws Exception {
        RestClient client = context.getBean(RestClient.class);
        RestClient built = context.getBean(RestClient.Builder.class).build();
        RestTemplate template = context.getBean("template", RestTemplate.class);
        AssentTransactions transactions = context.getBean(AssentTransactions.class);
        transactions.begin();

        assertThatThrownBy(() -> client.get().uri(ELSEWHERE).retrieve().toBodilessEntity())
                .isInstanceOf(UnlistedHostException.class);
        assertThatThrownBy(() -> built.get().uri(ELSEWHERE).retrieve().toBodilessEntity())
                .isInstanceOf(UnlistedHostException.class);
        assertThatThrownBy(() -> template.getForObject(ELSEWHERE, String.class))
                .isInstanceOf(UnlistedHostException.class);
        for (WebClient reactive : List.of(
                context.getBean(WebClient.class),
                context.getBean(WebClient.Builder.class).build())) {
            assertThatThrownBy(() -> reactive.get()
                            .uri(ELSEWHERE)
                            .retrieve()
                            .toBodilessEntity()
                            .block())
                    .isInstanceOf(UnlistedHostException.class);
        }
        transactions.rollback();
    }

    @Test
    void a_client_that_has_the_interceptor_is_left_alone() {
        assertThat(context.getBean("thoughtOf", RestTemplate.class).getInterceptors())
                .hasSize(1);
    }
}
