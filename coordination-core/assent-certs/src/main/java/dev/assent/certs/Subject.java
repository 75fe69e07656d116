package dev.assent.certs;

import dev.assent.security.CertifiedName;
import java.time.Instant;
import java.util.List;

/**
 * Whom a certificate is for.
 *
 * @param commonName for people and for ZooKeeper's {@code x509} scheme; 1 to 64 letters, digits, dots, underscores, dashes
 * @param names what its owner may be
 * @param hosts names and addresses under which it is reached, for clients that look at these
 */
public record Subject(String commonName, List<CertifiedName> names, List<String> hosts, Instant from, Instant until) {
    public Subject {
        names = List.copyOf(names);
        hosts = List.copyOf(hosts);
        if (!commonName.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("'" + commonName
                    + "' is no name for a certificate: 1 to 64 letters, digits, dots, underscores, dashes");
        }
        if (!until.isAfter(from)) {
            throw new IllegalArgumentException("a certificate must be valid for some time");
        }
    }
}
