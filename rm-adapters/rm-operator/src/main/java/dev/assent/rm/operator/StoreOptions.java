package dev.assent.rm.operator;

import dev.assent.settings.SettingsException;
import dev.assent.store.StoreConfig;
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
        return config;
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
