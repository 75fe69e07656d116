package dev.assent.rm.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One place that requests go to: a host on one port, or on every port of it. Names are compared as they are written,
 * without regard to case and a final dot; never resolved. IPv6 addresses are compared by value.
 *
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port 1 to 65535, or 0 for every port
 */
record HostEntry(String host, int port) {
    private static final int PORT_MAX = 65_535;
    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final Pattern BARE_IPV6 = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

    /**
     * Reads an entry of a list of hosts.
     *
     * @throws IllegalArgumentException no request could ever match it; the message names the entry and the remedy
     */
    static HostEntry parse(String entry) {
        String text = BARE_IPV6.matcher(entry).matches() ? "[" + entry + "]" : entry;
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw unusable(entry, complaint(entry));
        }
        int port = form.group(2) == null ? 0 : Integer.parseInt(form.group(2));
        if (form.group(2) != null && (port < 1 || port > PORT_MAX)) {
            throw unusable(entry, "a port is 1 to " + PORT_MAX);
        }
        try {
            return new HostEntry(normal(form.group(1)), port);
        } catch (UnknownHostException e) {
            throw unusable(entry, "it is no IPv6 address");
        }
    }

    private static String complaint(String entry) {
        if (entry.isBlank()) {
            return "it is empty";
        }
        if (entry.contains("://")) {
            return "leave the scheme out, and what follows the port";
        }
        if (entry.contains("*")) {
            return "there are no wildcards: list each host";
        }
        if (entry.contains("/") || entry.contains("?") || entry.contains("@")) {
            return "a host has no path, query or user";
        }
        return "only letters, digits and . _ - are in a name (a name in other letters in its xn-- form), and an IPv6"
                + " address with a port is in brackets";
    }

    private static IllegalArgumentException unusable(String entry, String why) {
        return new IllegalArgumentException("'" + entry + "' can never match a request: " + why
                + ". Write host or host:port, as in inventory, inventory:8080, 10.0.0.7:8080, [fd00::7] or"
                + " [fd00::7]:8080");
    }

    /** Where a request to {@code target} goes; empty if it names no host. */
    static Optional<HostEntry> of(URI target) {
        String authority = target.getRawAuthority();
        if (authority == null) {
            return Optional.empty();
        }
        // By hand, because java.net.URI finds no host in names with an underscore.
        Matcher form = FORM.matcher(authority.substring(authority.lastIndexOf('@') + 1));
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new HostEntry(normal(form.group(1)), port(form.group(2), target.getScheme())));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static int port(@Nullable String written, @Nullable String scheme) {
        if (written != null) {
            return Integer.parseInt(written);
        }
        return "https".equalsIgnoreCase(scheme) ? 443 : 80;
    }

    private static String normal(String host) throws UnknownHostException {
        if (host.startsWith("[")) {
            // A literal: nothing is resolved.
            return "[" + InetAddress.getByName(host).getHostAddress() + "]";
        }
        String name = host.toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    HostEntry onEveryPort() {
        return new HostEntry(host, 0);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return port == 0 ? host : host + ":" + port;
    }
}
