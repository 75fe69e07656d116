package dev.assent.store;

import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How a client speaks TLS with the store.
 *
 * @param files what it shows, and whom it trusts; read anew when they change
 * @param server whom it takes for a server of the store
 */
public record StoreTls(TlsFiles files, Server server) {
    private static final String SERVER = "server";

    /** What a server's certificate has to say, besides being issued by somebody who is trusted. */
    public enum Server {
        /** That its owner is a member of the store: for our own ensemble. */
        MEMBER,
        /** The host that is dialled: for Apache ZooKeeper's, whose certificates name no members. */
        HOST
    }

    /** With servers of ours. */
    public static StoreTls of(TlsFiles files) {
        return new StoreTls(files, Server.MEMBER);
    }

    /**
     * What {@code prefix}certificate, -key, -trust and -server say; empty if none of the files is named.
     *
     * @throws SettingsException the settings do not fit together
     */
    public static Optional<StoreTls> read(Settings settings, String prefix) throws SettingsException {
        Optional<TlsFiles> files = TlsFiles.read(settings, prefix);
        Optional<String> server = settings.text(prefix + SERVER);
        if (files.isEmpty()) {
            if (server.isPresent()) {
                throw new SettingsException(settings.file() + ": " + prefix + SERVER + " says nothing without " + prefix
                        + "certificate, " + prefix + "key and " + prefix + "trust");
            }
            return Optional.empty();
        }
        return Optional.of(
                new StoreTls(files.get(), server.isPresent() ? server(prefix + SERVER, server.get()) : Server.MEMBER));
    }

    /**
     * What {@code word} of the setting {@code name} means.
     *
     * @throws SettingsException nothing
     */
    public static Server server(String name, String word) throws SettingsException {
        return Arrays.stream(Server.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> new SettingsException(
                        name + " is '" + word + "': member, for an ensemble of ours, or host, for Apache ZooKeeper's"));
    }

    PeerRule rule() {
        return switch (server) {
            case MEMBER -> PeerRule.anyOf(Role.MEMBER);
            case HOST -> PeerRule.host();
        };
    }
}
