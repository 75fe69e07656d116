package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.api.TransactionService;
import java.util.Set;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
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

    /** Excluded are the beans that {@code assent.datasource.excluded} names, separated by commas. */
    @Bean
    static DataSourceGuards dataSourceGuards(Environment environment) {
        return new DataSourceGuards(
                Set.of(environment.getProperty("assent.datasource.excluded", String[].class, new String[0])));
    }

    /** {@link GlobalTransaction} says how a transaction is committed. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor chosenProtocol(ObjectProvider<AssentTransactions> transactions) {
        return new ChosenProtocol(transactions);
    }

    @Bean
    ManagerCheck managerCheck(ListableBeanFactory beans, AssentTransactions transactions) {
        return new ManagerCheck(beans, transactions);
    }

    /** A bean of that name of the application's own takes its place, which the check sees. */
    @Bean
    JtaTransactionManager transactionManager(AssentTransactions transactions) {
        return SpringTransactions.manager(transactions);
    }
}
