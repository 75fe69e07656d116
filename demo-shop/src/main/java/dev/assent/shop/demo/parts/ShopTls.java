package dev.assent.shop.demo.parts;

import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.RunCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Who in the shop is who: the certificate of each process, and how its settings name it. Thread-safe. */
public record ShopTls(RunCertificates certificates) {
    /** In Spring's settings. */
    private static final String BUNDLE = "shop";

    public static ShopTls in(Path run) throws IOException {
        return new ShopTls(new RunCertificates(run));
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

    /** The run itself: customers, and whoever looks into the store. */
    public TlsFiles run() throws IOException {
        return certificates.of("run", new CertifiedName(Role.CLIENT, "run"));
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
                "--shop.tls=" + BUNDLE);
    }
}
