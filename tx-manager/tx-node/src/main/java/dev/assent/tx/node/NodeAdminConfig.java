package dev.assent.tx.node;

import dev.assent.admin.AdminConfig;
import dev.assent.admin.InDoubtBoard;
import dev.assent.admin.PreparedReader;
import dev.assent.security.TlsFiles;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a node shows itself.
 *
 * @param listen where; empty: nowhere
 * @param databases whose prepared transactions it shows
 */
record NodeAdminConfig(Optional<AdminConfig> listen, List<PreparedReader.Database> databases) {
    private static final String DATABASES = "admin.databases";

    NodeAdminConfig {
        databases = List.copyOf(databases);
    }

    /** Takes its keys from the file. */
    static NodeAdminConfig read(Settings settings, boolean insecure, Optional<TlsFiles> tls) throws SettingsException {
        List<PreparedReader.Database> databases = new ArrayList<>();
        for (String name : settings.text(DATABASES)
                .map(text -> List.of(text.split(",", -1)))
                .orElse(List.of())) {
            databases.add(database(settings, name.strip()));
        }
        if (databases.size() > InDoubtBoard.DATABASES_MAX) {
            throw new SettingsException(settings.file() + ": " + DATABASES + " names more than "
                    + InDoubtBoard.DATABASES_MAX + " databases; leave some to another node");
        }
        return new NodeAdminConfig(AdminConfig.read(settings, insecure, tls), databases);
    }

    private static PreparedReader.Database database(Settings settings, String name) throws SettingsException {
        String key = "admin.database." + name;
        return new PreparedReader.Database(
                name,
                settings.required(key + ".url", "the JDBC URL of a database named in " + DATABASES),
                settings.text(key + ".user"),
                settings.secret(key + ".password"));
    }
}
