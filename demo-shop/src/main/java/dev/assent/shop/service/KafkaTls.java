package dev.assent.shop.service;

import java.nio.file.Path;
import java.util.Map;

/** How Kafka's clients, and brokers, are told to speak TLS and to show a certificate, by PEM files. */
public final class KafkaTls {
    private KafkaTls() {}

    /**
     * Settings as Kafka names them.
     *
     * @param keystore one's own key, PKCS#8, and certificate, in one file
     * @param trust the certificates of the authorities whose word counts
     */
    public static Map<String, String> settings(Path keystore, Path trust) {
        return Map.of(
                "security.protocol", "SSL",
                "ssl.keystore.type", "PEM",
                "ssl.keystore.location", keystore.toString(),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", trust.toString(),
                "ssl.enabled.protocols", "TLSv1.3");
    }
}
