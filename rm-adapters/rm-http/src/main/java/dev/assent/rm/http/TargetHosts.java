package dev.assent.rm.http;

import java.net.URI;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which hosts take part in this service's transactions, and so may see their tokens: this machine's loopback names and
 * those listed as allowed. Those listed as excluded are called without the transaction, on purpose. Any other host is
 * not called inside a transaction at all. Immutable.
 *
 * <p>An entry is {@code host} for every port of it, or {@code host:port}; an entry with the port wins over one
 * without, and both win over the loopback names. Names are compared, never resolved. An IPv6 address is in brackets
 * if a port follows.
 */
public final class TargetHosts {
    private static final Set<HostEntry> LOOPBACK = entries(List.of("localhost", "127.0.0.1", "[::1]"));

    private final Set<HostEntry> allowed;
    private final Set<HostEntry> excluded;

    private TargetHosts(Set<HostEntry> allowed, Set<HostEntry> excluded) {
        Set<HostEntry> both = new HashSet<>(allowed);
        both.retainAll(excluded);
        if (!both.isEmpty()) {
            throw new IllegalArgumentException(
                    both + " is both allowed and excluded: take it off one of the two lists");
        }
        this.allowed = allowed;
        this.excluded = excluded;
    }

    /** What is to become of a request inside a transaction. */
    enum Rule {
        /** It takes the transaction along. */
        ALLOWED,
        /** It goes out without the transaction. */
        EXCLUDED,
        /** It is not sent. */
        UNLISTED
    }

    public static TargetHosts loopbackOnly() {
        return new TargetHosts(Set.of(), Set.of());
    }

    /**
     * Allows these hosts besides this machine's loopback names.
     *
     * @throws IllegalArgumentException an entry can never match; the message names it and the remedy
     */
    public static TargetHosts loopbackAnd(Collection<String> hosts) {
        return new TargetHosts(entries(hosts), Set.of());
    }

    /**
     * The same, with these hosts excluded.
     *
     * @throws IllegalArgumentException an entry can never match, or is allowed too; the message names it
     */
    public TargetHosts excluding(Collection<String> hosts) {
        return new TargetHosts(allowed, entries(hosts));
    }

    private static Set<HostEntry> entries(Collection<String> hosts) {
        return hosts.stream().map(HostEntry::parse).collect(Collectors.toUnmodifiableSet());
    }

    Rule ruleFor(URI target) {
        Optional<HostEntry> place = HostEntry.of(target);
        if (place.isEmpty()) {
            return Rule.UNLISTED;
        }
        HostEntry exact = place.get();
        return listed(exact)
                .or(() -> listed(exact.onEveryPort()))
                .orElse(LOOPBACK.contains(exact.onEveryPort()) ? Rule.ALLOWED : Rule.UNLISTED);
    }

    private Optional<Rule> listed(HostEntry entry) {
        if (excluded.contains(entry)) {
            return Optional.of(Rule.EXCLUDED);
        }
        return allowed.contains(entry) ? Optional.of(Rule.ALLOWED) : Optional.empty();
    }

    @Override
    public String toString() {
        return "allowed: loopback names and " + allowed + ", excluded: " + excluded;
    }
}
