package dev.assent.rm.operator;

import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreTls;
import dev.assent.time.Clock;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command reaches the store. */
final class StoreOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String MEMBER = "member";

    @Option(
            names = "--connect",
            paramLabel = "HOST:PORT,...",
            required = true,
            description = "The ensemble, as coordination.connect of the services.")
    private @Nullable String connect;

    @Option(
            names = "--store-user",
            paramLabel = "NAME",
            description = "The digest user that owns /assent; its password in ASSENT_STORE_PASSWORD or"
                    + " --store-password-file.")
    private @Nullable String user;

    @Option(names = "--store-password-file", paramLabel = "FILE", description = "The password in its first line.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "This command's certificate in PEM: with --tls-key and --tls-trust the ensemble's"
                    + " secureClientPorts are spoken with over TLS.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The key of that certificate.")
    private @Nullable Path key;

    @Option(names = "--tls-trust", paramLabel = "FILE", description = "The certificates of who is trusted.")
    private @Nullable Path trust;

    @Option(
            names = "--tls-server",
            paramLabel = "member|host",
            description = "What a server's certificate must name: a member of the ensemble, or, as with Apache"
                    + " ZooKeeper's, its host. Default: " + MEMBER + ".")
    private @Nullable String server;

    CoordinatorZnodes open(CommandContext surroundings) throws SettingsException, IOException {
        return CoordinatorZnodes.openExisting(config(surroundings), Clock.SYSTEM);
    }

    StoreConfig config(CommandContext surroundings) throws SettingsException {
        StoreConfig config;
        try {
            config = StoreConfig.of(connect == null ? "" : connect)
                    .withConnectTimeout(PATIENCE)
                    .withRequestTimeout(PATIENCE);
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(String.valueOf(wrong.getMessage()));
        }
        String name = user;
        if (name != null) {
            config = config.withCredential(StoreConfig.Credential.digest(name, password(surroundings)));
        }
        return config.withTls(tls());
    }

    private Optional<StoreTls> tls() throws SettingsException {
        Path shown = certificate;
        Path secret = key;
        Path trusted = trust;
        String named = server;
        if (shown == null && secret == null && trusted == null && named == null) {
            return Optional.empty();
        }
        if (shown == null || secret == null || trusted == null) {
            throw new SettingsException("TLS needs all of --tls-certificate, --tls-key and --tls-trust");
        }
        return Optional.of(new StoreTls(
                new TlsFiles(shown, secret, trusted), StoreTls.server("--tls-server", named == null ? MEMBER : named)));
    }

    private String password(CommandContext surroundings) throws SettingsException {
        Path file = passwordFile;
        Optional<String> password = file == null
                ? surroundings.variable("ASSENT_STORE_PASSWORD")
                : Optional.of(DatabaseOptions.firstLine(file));
        return password.orElseThrow(
                () -> new SettingsException("--store-user needs ASSENT_STORE_PASSWORD or --store-password-file"));
    }
}
