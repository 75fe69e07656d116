package dev.assent.shop.service;

import dev.assent.security.TlsFiles;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of one of the shop's services, under {@code shop.}.
 *
 * @param service its name; also the name of its database for recovery
 * @param instance which one of the service's processes this is
 * @param databaseUrl JDBC URL of its PostgreSQL database
 * @param url where this process is called by the others
 * @param kafka the brokers
 * @param kafkaTls what they are shown, and trusted by
 * @param tls the bundle of Spring Boot's whose certificates the other services are shown; empty: they are called in plain text
 * @param store the replicated store: services register themselves there, relays share their work, sagas have their logs
 * @param databases JDBC URLs of other services' databases, for the one flow that works in them itself
 * @param cancelAfter an order that is not paid for so long is cancelled
 * @param sagasKept so long a saga that has ended can be asked about
 */
@ConfigurationProperties("shop")
public record ShopProperties(
        String service,
        @DefaultValue("1") String instance,
        String databaseUrl,
        @DefaultValue("") String url,
        @DefaultValue("") String kafka,
        @DefaultValue KafkaFiles kafkaTls,
        @DefaultValue("") String tls,
        @DefaultValue Store store,
        @DefaultValue Map<String, String> databases,
        @DefaultValue("60s") Duration cancelAfter,
        @DefaultValue("24h") Duration sagasKept) {

    /** Of a service that only hears events. */
    public static ShopProperties consumer(String service, String databaseUrl, String kafka, KafkaFiles kafkaTls) {
        Store none = new Store("", "", "", "");
        return new ShopProperties(
                service, "1", databaseUrl, "", kafka, kafkaTls, "", none, Map.of(), Duration.ZERO, Duration.ZERO);
    }

    /**
     * PEM files for Kafka's client.
     *
     * @param keystore key and certificate in one file; empty: plain text is spoken
     * @param trust the authorities' certificates
     */
    public record KafkaFiles(
            @DefaultValue("") String keystore,
            @DefaultValue("") String trust) {
        Map<String, String> settings() {
            return keystore.isEmpty() ? Map.of() : KafkaTls.settings(Path.of(keystore), Path.of(trust));
        }
    }

    /** Settings of Kafka's client: where the brokers are, and how they are spoken with. */
    Map<String, String> kafkaClient() {
        Map<String, String> client = new HashMap<>(kafkaTls.settings());
        client.put("bootstrap.servers", kafka);
        return client;
    }

    /**
     * How the store is reached.
     *
     * @param connect {@code host:port,...}
     * @param certificate PEM file, as {@code key} and {@code trust}; empty: plain text is spoken
     */
    public record Store(
            @DefaultValue("") String connect,
            @DefaultValue("") String certificate,
            @DefaultValue("") String key,
            @DefaultValue("") String trust) {
        Optional<StoreTls> tls() {
            return certificate.isEmpty()
                    ? Optional.empty()
                    : Optional.of(StoreTls.of(new TlsFiles(Path.of(certificate), Path.of(key), Path.of(trust))));
        }

        /** For a client of it. */
        public StoreConfig config() {
            return StoreConfig.of(connect).withTls(tls());
        }
    }
}
