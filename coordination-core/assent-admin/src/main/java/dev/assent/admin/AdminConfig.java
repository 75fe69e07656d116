package dev.assent.admin;

import dev.assent.admin.login.Access;
import dev.assent.admin.login.Tokens;
import dev.assent.admin.traces.KeptTraces;
import dev.assent.security.CredentialFiles;
import dev.assent.security.TlsFiles;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the admin API listens, for whom, and what is kept for it.
 *
 * @param tracesKept so many traces are kept in memory, to be shown; 0: no span is made for it
 */
public record AdminConfig(InetSocketAddress address, Access access, int tracesKept) {
    /** Any free port of the loopback interface; which one is told at the start. */
    public static final String DEFAULT = "127.0.0.1:0";

    private static final String OFF = "off";
    private static final String LISTEN = "admin.listen";

    /** One that anybody on this machine may read. */
    public AdminConfig(InetSocketAddress address) {
        this(address, Access.LOCAL);
    }

    /** One that keeps no traces. */
    public AdminConfig(InetSocketAddress address, Access access) {
        this(address, access, 0);
    }

    /** The same, with so many traces kept. */
    public AdminConfig keeping(int traces) {
        return new AdminConfig(address, access, traces);
    }

    /**
     * Reads the keys of a process that has its settings in a file; its own token lies beside that.
     *
     * @param insecure whether it may listen beyond the loopback interface without tokens or TLS
     * @param tls of the process, for where it listens beyond; {@code admin.tls.*} come first, and count everywhere
     */
    public static Optional<AdminConfig> read(
            Settings settings, boolean insecure, Optional<? extends CredentialFiles> tls) throws SettingsException {
        String listen = settings.text(LISTEN).orElse(DEFAULT);
        Optional<Path> tokens = settings.text("admin.tokens").map(settings::beside);
        Set<String> hosts = settings.text("admin.hosts")
                .<Set<String>>map(text -> new TreeSet<>(List.of(text.strip().split("\\s*,\\s*", -1))))
                .orElse(Set.of());
        Optional<TlsFiles> own = TlsFiles.read(settings, "admin.tls.");
        String file = String.valueOf(settings.file().getFileName()).replaceFirst("\\.[a-z]+$", "");
        Path operator = settings.beside(file + ".operator.token");
        int traces = settings.number("traces.kept", 0, 0, KeptTraces.TRACES_MAX);
        return read(
                        settings.file() + ": " + LISTEN,
                        listen,
                        own.isPresent() ? own : isBeyondLoopback(LISTEN, listen) ? tls : Optional.empty(),
                        new Access(tokens, Optional.of(operator), Optional.empty(), hosts, insecure))
                .map(config -> config.keeping(traces));
    }

    /** Whether other machines could reach it. */
    public static boolean isBeyondLoopback(String key, String value) throws SettingsException {
        return !value.equals(OFF) && !address(key, value).getAddress().isLoopbackAddress();
    }

    /**
     * Reads {@code host:port} or {@code off}.
     *
     * @param key of the setting, for messages
     * @throws SettingsException it is no such address, or not allowed with such access
     */
    public static Optional<AdminConfig> read(
            String key, String value, Optional<? extends CredentialFiles> tls, Access access) throws SettingsException {
        if (value.equals(OFF)) {
            return Optional.empty();
        }
        InetSocketAddress address = address(key, value);
        if (!address.getAddress().isLoopbackAddress() && !access.insecure()) {
            refuseOpen(key + "=" + value, access.tokens().isPresent(), tls.isPresent());
        }
        if (access.tokens().isPresent()) {
            Tokens.check(access.tokens().get());
        }
        return Optional.of(new AdminConfig(address, tls.isPresent() ? access.withTls(tls.get()) : access));
    }

    private static void refuseOpen(String setting, boolean hasTokens, boolean hasTls) throws SettingsException {
        if (hasTokens && hasTls) {
            return;
        }
        String missing = hasTokens ? "" : " a file of tokens (admin.tokens; './assent admin token' makes its lines)";
        String and = hasTokens || hasTls ? "" : " and";
        throw new SettingsException(setting + " can be reached from other machines: that needs" + missing + and
                + (hasTls ? "" : " TLS (admin.tls.certificate, .key and .trust, or the process' own)")
                + ". Name what is missing, use a loopback address, or say insecure=true.");
    }

    private static InetSocketAddress address(String key, String value) throws SettingsException {
        int colon = value.lastIndexOf(':');
        return new InetSocketAddress(host(key, value, colon), port(key, value, colon));
    }

    private static InetAddress host(String key, String value, int colon) throws SettingsException {
        if (colon <= 0) {
            throw wrong(key, value);
        }
        try {
            return InetAddress.getByName(value.substring(0, colon));
        } catch (UnknownHostException unknown) {
            throw new SettingsException(key + "=" + value + ": no such host", unknown);
        }
    }

    private static int port(String key, String value, int colon) throws SettingsException {
        String port = value.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xFFFF) {
            throw wrong(key, value);
        }
        return Integer.parseInt(port);
    }

    private static SettingsException wrong(String key, String value) {
        return new SettingsException(key + "=" + value + " is not host:port (port 0 takes a free one) or off");
    }
}
