package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.tcc.TccResource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.jta.JtaTransactionManager;

/**
 * {@link TwoPhaseParticipant} methods of beans take part, over {@link TccResource} beans. Spring Boot has it by itself
 * where {@code dev.assent:rm-tcc} and spring-jdbc are on the class path; elsewhere import it.
 */
@Configuration(proxyBeanMethods = false)
public class TwoPhaseConfiguration {

    @Bean
    static TwoPhaseParticipants twoPhaseParticipants(
            ObjectProvider<TccResource> resources,
            ObjectProvider<AssentTransactions> transactions,
            ObjectProvider<JtaTransactionManager> manager) {
        return new TwoPhaseParticipants(resources, transactions, manager);
    }
}
