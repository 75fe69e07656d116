package dev.assent.shop.demo.parts;

import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.RunCertificates;
import dev.assent.shop.service.KafkaTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * Who in the shop is who: the certificate of each process, and how its settings name it. Thread-safe.
 *
 * @param run the run itself: customers, and whoever looks into the store, the databases and the topics
 */
public record ShopTls(RunCertificates certificates, TlsFiles run) {
    private static final String RUN = "run";

    /** In Spring's settings. */
    private static final String BUNDLE = "shop";

    public static ShopTls in(Path run) throws IOException {
        RunCertificates certificates = new RunCertificates(run);
        return new ShopTls(certificates, certificates.of(RUN, new CertifiedName(Role.CLIENT, RUN)));
    }

    /** A coordinator node, which is a member of the store as well. */
    public TlsFiles node(ShopLayout.Node node) throws IOException {
        return certificates.of(
                node.name(),
                new CertifiedName(Role.NODE, node.name()),
                new CertifiedName(Role.MEMBER, Integer.toString(node.id())));
    }

    /** A service, which is a client of the store as well. */
    public TlsFiles service(String name) throws IOException {
        return certificates.of(name, new CertifiedName(Role.AGENT, name), new CertifiedName(Role.CLIENT, name));
    }

    public TlsFiles relay() throws IOException {
        return certificates.of("relay", new CertifiedName(Role.CLIENT, "relay"));
    }

    /** Of a process that is nobody to us: a database, the broker, or who knows those only. */
    public TlsFiles other(String name) throws IOException {
        return certificates.of(name);
    }

    /** What the process {@code name}, which has a certificate, tells Kafka of it. */
    public Map<String, String> kafka(String name, TlsFiles files) {
        return KafkaTls.settings(certificates.keystore(name), files.trust());
    }

    /** For a client of Kafka's that belongs to the run itself. */
    public Map<String, String> kafkaOfRun() {
        return kafka(RUN, run);
    }

    /** For customers, who talk to services. */
    public SSLContext customers() throws IOException {
        try (Security security = Security.once(run())) {
            return security.context(PeerRule.anyOf(Role.AGENT));
        } catch (SettingsException e) {
            throw new IOException("the run's own certificates cannot be used", e);
        }
    }

    /** Lines of a file of settings. */
    public static List<String> settings(String prefix, TlsFiles files) {
        return List.of(
                prefix + "certificate=" + files.certificate(),
                prefix + "key=" + files.key(),
                prefix + "trust=" + files.trust());
    }

    /** Arguments of a service: for nodes and acceptors, and for its own HTTP in both directions. */
    public List<String> arguments(String service) throws IOException {
        TlsFiles files = service(service);
        String bundle = "--spring.ssl.bundle.pem." + BUNDLE + ".";
        return List.of(
                "--assent.tls.certificate=" + files.certificate(),
                "--assent.tls.key=" + files.key(),
                "--assent.tls.trust=" + files.trust(),
                bundle + "keystore.certificate=file:" + files.certificate(),
                bundle + "keystore.private-key=file:" + files.key(),
                bundle + "truststore.certificate=file:" + files.trust(),
                bundle + "options.enabled-protocols=" + Security.PROTOCOL,
                "--server.ssl.bundle=" + BUNDLE,
                "--server.ssl.client-auth=need",
                "--shop.tls=" + BUNDLE,
                "--shop.kafka-tls.keystore=" + certificates.keystore(service),
                "--shop.kafka-tls.trust=" + files.trust());
    }
}
