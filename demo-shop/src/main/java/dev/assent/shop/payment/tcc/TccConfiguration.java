package dev.assent.shop.payment.tcc;

import dev.assent.rm.tcc.TccResource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The service's database as a home of tries. */
@Configuration(proxyBeanMethods = false)
class TccConfiguration {
    @Bean
    TccResource tries(DataSource database) throws SQLException {
        return TccResource.open("payment-tcc", database);
    }
}
