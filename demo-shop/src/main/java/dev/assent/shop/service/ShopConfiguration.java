package dev.assent.shop.service;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.spring.PropagatingInterceptor;
import io.agroal.api.AgroalDataSource;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.xa.PGXADataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.web.client.RestClient;

/** The beans of every service. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ShopProperties.class)
public class ShopConfiguration {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** The service's tables are there before its first request. */
    @Bean
    AgroalDataSource dataSource(ShopProperties shop, AssentTransactions transactions) throws SQLException {
        PGXADataSource postgres = new PGXADataSource();
        postgres.setUrl(shop.databaseUrl());
        AgroalDataSource pool = DataSources.pool(shop.service(), postgres, transactions);
        new ResourceDatabasePopulator(new ClassPathResource("dev/assent/shop/" + shop.service() + ".sql"))
                .execute(pool);
        return pool;
    }

    @Bean
    JdbcClient jdbc(DataSource dataSource) {
        return JdbcClient.create(dataSource);
    }

    /** Carries the transaction of the calling thread to the service called. */
    @Bean
    RestClient.Builder http(PropagatingInterceptor propagation, ShopProperties shop, SslBundles bundles) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
        if (!shop.tls().isEmpty()) {
            client.sslContext(bundles.getBundle(shop.tls()).createSslContext());
        }
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client.build());
        requests.setReadTimeout(CALL_TIMEOUT);
        return RestClient.builder().requestFactory(requests).requestInterceptor(propagation);
    }
}
