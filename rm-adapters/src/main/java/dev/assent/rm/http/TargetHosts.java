package dev.assent.rm.http;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The hosts that may see transaction tokens: this machine's loopback names, and those listed.
 *
 * @param allowed {@code host} for every port of it, or {@code host:port}; compared by name, never resolved
 */
public record TargetHosts(Set<String> allowed) implements Predicate<URI> {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    public TargetHosts {
        allowed = allowed.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    public static TargetHosts loopbackOnly() {
        return new TargetHosts(LOOPBACK);
    }

    public static TargetHosts loopbackAnd(Collection<String> hosts) {
        return new TargetHosts(
                Stream.concat(LOOPBACK.stream(), hosts.stream()).collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    public boolean test(URI target) {
        String host = target.getHost();
        if (host == null) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        return allowed.contains(name) || allowed.contains(name + ":" + port(target));
    }

    private static int port(URI target) {
        if (target.getPort() >= 0) {
            return target.getPort();
        }
        return "https".equalsIgnoreCase(target.getScheme()) ? 443 : 80;
    }
}
