package dev.assent.rm.operator;

import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command reaches a database. A password never stands on the command line, where other users could read it. */
final class DatabaseOptions {
    private static final int PATIENCE_SECONDS_MAX = 600;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "The database's user; else the URL's, PGUSER or the name you are logged in by.")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "A file with the password in its first line; else the environment's PGPASSWORD.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long the database may take for each answer. Default: ${DEFAULT-VALUE}.")
    private int patienceSeconds;

    /** @throws SettingsException an option is wrong; the message says which */
    DatabaseAddress address(String url, CommandContext surroundings) throws SettingsException {
        if (patienceSeconds < 1 || patienceSeconds > PATIENCE_SECONDS_MAX) {
            throw new SettingsException(
                    "--timeout is 1 to " + PATIENCE_SECONDS_MAX + " seconds, not " + patienceSeconds);
        }
        try {
            return new DatabaseAddress(
                    url,
                    Optional.ofNullable(user).or(() -> named(url) ? Optional.empty() : surroundings.variable("PGUSER")),
                    password(surroundings),
                    Duration.ofSeconds(patienceSeconds));
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(String.valueOf(wrong.getMessage()));
        }
    }

    private static boolean named(String url) {
        return url.contains("user=");
    }

    private Optional<String> password(CommandContext surroundings) throws SettingsException {
        Path file = passwordFile;
        return file == null ? surroundings.variable("PGPASSWORD") : Optional.of(firstLine(file));
    }

    static String firstLine(Path file) throws SettingsException {
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException unreadable) {
            throw new SettingsException("the password's file cannot be read: " + unreadable);
        }
    }
}
