package dev.assent.tx.remote.host;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The services that take part in one transaction, as their certificates name them; none of one in plain text. Known before
 * anybody can find the transaction. Thread-safe.
 */
final class Parties {
    private final Set<String> originators;
    private final Set<String> services;

    /** {@code originators}: what the certificate says of whom it is begun by. */
    Parties(Set<String> originators) {
        this.originators = Set.copyOf(originators);
        this.services = new LinkedHashSet<>(originators);
    }

    Set<String> originators() {
        return originators;
    }

    synchronized void add(Set<String> certified) {
        services.addAll(certified);
    }

    /** Whether one of them has begun it or was let in. */
    synchronized boolean include(Set<String> certified) {
        return certified.stream().anyMatch(services::contains);
    }
}
