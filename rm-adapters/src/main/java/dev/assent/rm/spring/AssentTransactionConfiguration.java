package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.api.TransactionService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.jta.JtaTransactionManager;

/** For plain Spring: import it beside a {@link TransactionService} bean, and {@code @Transactional} is distributed. */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement
public class AssentTransactionConfiguration {

    @Bean
    AssentTransactions assentTransactions(TransactionService service) {
        return new AssentTransactions(service);
    }

    @Bean
    JtaTransactionManager transactionManager(AssentTransactions transactions) {
        return SpringTransactions.manager(transactions);
    }
}
