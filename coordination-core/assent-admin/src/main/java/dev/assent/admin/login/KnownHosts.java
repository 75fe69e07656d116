package dev.assent.admin.login;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which hosts a request may name. A page on the web whose name was made to lead here has that name in its requests, and
 * numbers cannot be made to lead anywhere: so numbers are known, and names only when they were told.
 *
 * @param loopbackOnly whether it listens on the loopback interface
 * @param names in lower case
 */
record KnownHosts(boolean loopbackOnly, Set<String> names) {
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|\\[::1]|127\\.[0-9]+\\.[0-9]+\\.[0-9]+");
    private static final Pattern NUMBERS = Pattern.compile("\\[[0-9a-f:.]+]|[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");

    KnownHosts {
        names = Set.copyOf(names);
    }

    static KnownHosts of(InetSocketAddress listening, Set<String> names) {
        return new KnownHosts(listening.getAddress().isLoopbackAddress(), names);
    }

    boolean knows(Optional<String> host) {
        if (host.isEmpty()) {
            return false;
        }
        String name = PORT.matcher(host.get().toLowerCase(Locale.ROOT)).replaceFirst("");
        return names.contains(name)
                || LOOPBACK.matcher(name).matches()
                || (!loopbackOnly && NUMBERS.matcher(name).matches());
    }
}
