package dev.assent.coordination.server.config;

import dev.assent.security.CredentialFiles;
import dev.assent.security.KeyStoreFiles;
import dev.assent.security.KeyStoreFiles.Store;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingLine;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code zoo.cfg} says about TLS: ZooKeeper's {@code secureClientPort} and {@code ssl.*} keys, and ours, {@code
 * assent.tls.*}, which do for everything that has no key store of its own. Whatever would be less safe than it reads, or
 * is for nothing, is an error.
 *
 * @param clients where clients are served over TLS, if they are
 * @param links what members show each other, if links are secured
 */
record SecureKeys(Optional<SecureAccess> clients, Optional<CredentialFiles> links) {
    private static final String OWN = "assent.tls.";
    private static final String CLIENTS = "ssl.";
    private static final String LINKS = "ssl.quorum.";
    private static final String PORT = "secureClientPort";
    private static final String SUPER_SUBJECT = "X509AuthenticationProvider.superUser";

    static SecureKeys read(Settings settings, List<String> warnings) throws SettingsException {
        return new Reader(settings, warnings).read();
    }

    private static final class Reader {
        private final Settings settings;
        private final List<String> warnings;

        Reader(Settings settings, List<String> warnings) {
            this.settings = settings;
            this.warnings = warnings;
        }

        SecureKeys read() throws SettingsException {
            Optional<TlsFiles> own = TlsFiles.read(settings, OWN);
            Optional<KeyStoreFiles> forLinks = stores(LINKS);
            Optional<KeyStoreFiles> forClients = stores(CLIENTS);
            SecureKeys keys = new SecureKeys(clients(own, forClients), links(own, forLinks));
            withoutEffect();
            return keys;
        }

        private Optional<CredentialFiles> links(Optional<TlsFiles> own, Optional<KeyStoreFiles> stores)
                throws SettingsException {
            Optional<SettingLine> line = settings.take("sslQuorum");
            boolean on = line.isPresent() && flag(line.get());
            if (line.isPresent() && !on && own.isPresent()) {
                throw line.get().wrong("contradicts " + OWN + "*, which secures the links between members; remove one");
            }
            if (!on && stores.isPresent()) {
                throw new SettingsException(settings.file() + ": " + LINKS
                        + "* has no effect without sslQuorum=true; add that, or remove the lines");
            }
            if (on && stores.isEmpty() && own.isEmpty()) {
                throw line.get()
                        .wrong("needs a certificate: name " + OWN + "certificate, -key and -trust, or " + LINKS
                                + "keyStore.location and " + LINKS + "trustStore.location");
            }
            return stores.<CredentialFiles>map(files -> files).or(() -> own);
        }

        private Optional<SecureAccess> clients(Optional<TlsFiles> own, Optional<KeyStoreFiles> stores)
                throws SettingsException {
            Optional<SettingLine> port = settings.take(PORT);
            Optional<SettingLine> host = settings.take(PORT + "Address");
            Optional<String> superSubject = settings.text(SUPER_SUBJECT);
            SecureAccess.Certificates certificates = certificates();
            if (port.isEmpty()) {
                refuseWithoutPort(host.isPresent(), PORT + "Address");
                refuseWithoutPort(stores.isPresent(), CLIENTS + "*");
                refuseWithoutPort(superSubject.isPresent(), SUPER_SUBJECT);
                return Optional.empty();
            }
            CredentialFiles files = stores.<CredentialFiles>map(given -> given)
                    .or(() -> own)
                    .orElseThrow(() -> new SettingsException(port.get().place() + PORT + " needs a certificate: name "
                            + OWN + "certificate, -key and -trust, or " + CLIENTS + "keyStore.location and " + CLIENTS
                            + "trustStore.location"));
            InetSocketAddress address = new InetSocketAddress(
                    host(host), port.get().number(port.get().value(), 0, 65_535));
            return Optional.of(new SecureAccess(address, files, certificates, superSubject));
        }

        private void refuseWithoutPort(boolean given, String what) throws SettingsException {
            if (given) {
                throw new SettingsException(
                        settings.file() + ": " + what + " has no effect without " + PORT + "; add that, or remove it");
            }
        }

        /** As ZooKeeper: every interface, unless one is named. */
        private static InetAddress host(Optional<SettingLine> line) throws SettingsException {
            if (line.isEmpty()) {
                return new InetSocketAddress(0).getAddress();
            }
            try {
                return InetAddress.getByName(line.get().value());
            } catch (UnknownHostException e) {
                throw line.get().wrong("does not resolve; check the name or use an address");
            }
        }

        private SecureAccess.Certificates certificates() throws SettingsException {
            Optional<String> word = settings.word(CLIENTS + "clientAuth", List.of("need", "want", "none"));
            return word.isEmpty()
                    ? SecureAccess.Certificates.NEEDED
                    : switch (word.get()) {
                        case "want" -> SecureAccess.Certificates.WANTED;
                        case "none" -> SecureAccess.Certificates.NOT_ASKED;
                        default -> SecureAccess.Certificates.NEEDED;
                    };
        }

        private Optional<KeyStoreFiles> stores(String prefix) throws SettingsException {
            Optional<Store> keys = store(prefix + "keyStore.");
            Optional<Store> trust = store(prefix + "trustStore.");
            if (keys.isPresent() != trust.isPresent()) {
                throw new SettingsException(settings.file() + ": give " + prefix + "keyStore.location and " + prefix
                        + "trustStore.location, both or none");
            }
            return keys.map(own -> new KeyStoreFiles(own, trust.orElseThrow()));
        }

        private Optional<Store> store(String prefix) throws SettingsException {
            Optional<SettingLine> location = settings.take(prefix + "location")
                    .filter(line -> !line.value().isEmpty());
            Optional<String> type = settings.word(prefix + "type", List.of("JKS", "PKCS12", "PEM"));
            Optional<String> password = password(prefix);
            if (location.isEmpty()) {
                if (type.isPresent() || password.isPresent()) {
                    throw new SettingsException(settings.file() + ": " + prefix + "location is missing");
                }
                return Optional.empty();
            }
            KeyStoreFiles.Type known =
                    type.isPresent() ? KeyStoreFiles.Type.valueOf(type.get()) : byName(location.get());
            return Optional.of(new Store(Path.of(location.get().value()), known, password.orElse("")));
        }

        private static KeyStoreFiles.Type byName(SettingLine location) throws SettingsException {
            String name = location.value().toLowerCase(Locale.ROOT);
            if (name.endsWith(".jks")) {
                return KeyStoreFiles.Type.JKS;
            }
            if (name.endsWith(".p12") || name.endsWith(".pkcs12") || name.endsWith(".pfx")) {
                return KeyStoreFiles.Type.PKCS12;
            }
            if (name.endsWith(".pem")) {
                return KeyStoreFiles.Type.PEM;
            }
            throw location.wrong(
                    "of which type is it? Its name ends in none of .jks, .p12, .pkcs12, .pfx and .pem; add "
                            + location.key().replace("location", "type") + "=JKS, PKCS12 or PEM");
        }

        private Optional<String> password(String prefix) throws SettingsException {
            Optional<String> inPlace = settings.text(prefix + "password");
            Optional<SettingLine> elsewhere = settings.take(prefix + "passwordPath");
            if (elsewhere.isEmpty()) {
                return inPlace;
            }
            try {
                return Optional.of(
                        Files.readString(Path.of(elsewhere.get().value())).strip());
            } catch (IOException e) {
                throw elsewhere.get().wrong("cannot be read (" + e.getMessage() + "); name a readable file");
            }
        }

        /** Keys that say what is so anyway, or something that cannot be had. */
        private void withoutEffect() throws SettingsException {
            for (String prefix : List.of(CLIENTS, LINKS)) {
                versions(prefix + "protocol");
                versions(prefix + "enabledProtocols");
                settings.take(prefix + "hostnameVerification")
                        .ifPresent(line -> warn(line, "has no effect here: no server looks at names of hosts"));
                settings.take(prefix + "handshakeDetectionTimeoutMillis")
                        .ifPresent(line -> warn(line, "has no effect here: no port serves both plain text and TLS"));
            }
            for (SettingLine line : settings.takeAll(key -> key.startsWith("authProvider."))) {
                String provider = line.value().substring(line.value().lastIndexOf('.') + 1);
                if (!List.of("X509AuthenticationProvider", "DigestAuthenticationProvider", "IPAuthenticationProvider")
                        .contains(provider)) {
                    throw line.wrong("there are the schemes digest, ip and x509 only; remove the line");
                }
            }
        }

        private void versions(String key) throws SettingsException {
            Optional<SettingLine> line = settings.take(key);
            if (line.isEmpty()) {
                return;
            }
            List<String> wished =
                    new ArrayList<>(Arrays.stream(line.get().value().split(","))
                            .map(String::strip)
                            .toList());
            if (!wished.remove(Security.PROTOCOL)) {
                throw line.get()
                        .wrong("only " + Security.PROTOCOL + " is spoken here; have clients speak it, or remove"
                                + " the line");
            }
            if (!wished.isEmpty()) {
                warn(line.get(), "names versions that are not spoken here: " + String.join(", ", wished));
            }
        }

        private static boolean flag(SettingLine line) throws SettingsException {
            return switch (line.value()) {
                case "true" -> true;
                case "false" -> false;
                default -> throw line.wrong("give true or false");
            };
        }

        private void warn(SettingLine line, String why) {
            warnings.add(line.place() + line.key() + " " + why);
        }
    }
}
