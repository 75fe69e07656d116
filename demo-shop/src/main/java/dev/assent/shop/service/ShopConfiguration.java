package dev.assent.shop.service;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.spring.PropagatingInterceptor;
import io.agroal.api.AgroalDataSource;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.xa.PGXADataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.client.RestClient;

/** The beans of every service. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ShopProperties.class)
@Import(Problems.class)
public class ShopConfiguration {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** The service's tables are there before its first request. */
    @Bean
    AgroalDataSource dataSource(ShopProperties shop, AssentTransactions transactions) throws SQLException {
        PGXADataSource postgres = new PGXADataSource();
        postgres.setUrl(shop.databaseUrl());
        Flyway.configure()
                .dataSource(shop.databaseUrl(), null, null)
                .locations("classpath:dev/assent/shop/" + shop.service() + "/migrations")
                .load()
                .migrate();
        return DataSources.pool(shop.service(), postgres, transactions);
    }

    @Bean
    JdbcClient jdbc(DataSource dataSource) {
        return JdbcClient.create(dataSource);
    }

    @Bean
    LocalTransactions local(DataSource dataSource) {
        return new LocalTransactions(dataSource);
    }

    @Bean
    ShopEvents events(ShopProperties shop) {
        return new ShopEvents(shop);
    }

    /** Registers this process, and learns where those are that it calls: last of all at the start, and first at the end. */
    @Bean
    EventPart serviceRegistry(ShopProperties shop, ObjectProvider<Instances> called) {
        List<Instances> others = called.stream().toList();
        return new EventPart("service-registry", () -> {
            ServiceRegistry registry = ServiceRegistry.open(shop.store().config());
            registry.register(shop.service(), shop.instance(), shop.url());
            others.forEach(one -> registry.watch(one.service(), one::are));
            return registry;
        });
    }

    /** Shows other services who this one is; it follows no redirects. */
    @Bean
    HttpClient client(ShopProperties shop, SslBundles bundles) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
        if (!shop.tls().isEmpty()) {
            client.sslContext(bundles.getBundle(shop.tls()).createSslContext());
        }
        return client.build();
    }

    /** Carries the transaction of the calling thread to the service called. */
    @Bean
    RestClient.Builder http(PropagatingInterceptor propagation, HttpClient client) {
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client);
        requests.setReadTimeout(CALL_TIMEOUT);
        return RestClient.builder().requestFactory(requests).requestInterceptor(propagation);
    }
}
