package dev.assent.rm.spring;

import dev.assent.rm.http.TargetHosts;
import dev.assent.security.TlsFiles;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Reads settings whose form only their users know; a wrong one stops the start with its key, value and remedy. */
final class Settings {
    static final String CONNECT = "assent.coordination.connect";
    static final String TARGETS = "assent.coordinator.targets";
    static final String PROTOCOL = "assent.protocol";
    static final String TLS = "assent.tls";
    static final String ACCEPTOR_LISTEN = "assent.acceptor.listen";
    private static final String ALLOWED_HOSTS = "assent.http.allowed-hosts";
    private static final String EXCLUDED_HOSTS = "assent.http.excluded-hosts";

    private Settings() {}

    static TargetHosts targetHosts(AssentProperties.Http http) {
        TargetHosts allowed = TargetHosts.loopbackOnly();
        try {
            allowed = TargetHosts.loopbackAnd(http.allowedHosts());
        } catch (IllegalArgumentException e) {
            throw invalid(ALLOWED_HOSTS, http.allowedHosts(), e);
        }
        try {
            return allowed.excluding(http.excludedHosts());
        } catch (IllegalArgumentException e) {
            throw invalid(EXCLUDED_HOSTS, http.excludedHosts(), e);
        }
    }

    /** One of the three, as it is set. */
    private record TlsFile(String key, String path) {
        boolean isGiven() {
            return !path.isEmpty();
        }
    }

    /** The three files, or none. */
    static Optional<TlsFiles> files(AssentProperties.Tls tls) {
        List<TlsFile> all = List.of(
                new TlsFile(TLS + ".certificate", tls.certificate()),
                new TlsFile(TLS + ".key", tls.key()),
                new TlsFile(TLS + ".trust", tls.trust()));
        List<TlsFile> given = all.stream().filter(TlsFile::isGiven).toList();
        AssentProperties.Tls.Server server = tls.server();
        if (given.isEmpty() && server != null) {
            throw invalid(
                    TLS + ".server",
                    server.name().toLowerCase(Locale.ROOT),
                    new IllegalArgumentException("it says nothing without the three files: set assent.tls.certificate,"
                            + " assent.tls.key and assent.tls.trust, or leave it out"));
        }
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (given.size() < all.size()) {
            String missing = all.stream()
                    .filter(file -> !file.isGiven())
                    .map(TlsFile::key)
                    .collect(Collectors.joining(" and "));
            // The key has to be one that is there: Spring Boot reports of no others.
            throw invalid(
                    given.get(0).key(),
                    given.get(0).path(),
                    new IllegalArgumentException("TLS needs all three files: set " + missing + " too, or none"));
        }
        return Optional.of(new TlsFiles(Path.of(tls.certificate()), Path.of(tls.key()), Path.of(tls.trust())));
    }

    /** Coordinator nodes are known by what their certificates name. */
    static void refuseServer(AssentProperties.Tls tls) {
        AssentProperties.Tls.Server server = tls.server();
        if (server != null) {
            throw invalid(
                    TLS + ".server",
                    server.name().toLowerCase(Locale.ROOT),
                    new IllegalArgumentException("it is about an embedded coordinator's store, and "
                            + "assent.coordinator.targets names coordinator nodes: leave it out"));
        }
    }

    /** An address of this machine. */
    static InetSocketAddress address(String key, String text) {
        int colon = text.lastIndexOf(':');
        try {
            InetSocketAddress address = new InetSocketAddress(
                    text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1)));
            if (colon > 0 && !address.isUnresolved()) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw invalid(key, text, new IllegalArgumentException("it is not host:port", e));
        }
        throw invalid(key, text, new IllegalArgumentException("it is not host:port with a host of this machine"));
    }

    static InvalidConfigurationPropertyValueException invalid(
            String key, Object value, IllegalArgumentException reason) {
        InvalidConfigurationPropertyValueException invalid = new InvalidConfigurationPropertyValueException(
                key, value instanceof List<?> list ? list : value, String.valueOf(reason.getMessage()));
        invalid.initCause(reason);
        return invalid;
    }
}
