package dev.assent.security;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What is demanded of the other side's certificate, once its chain is known to lead to the trust. */
@FunctionalInterface
public interface PeerRule {
    /**
     * Returns if the certificate is good enough.
     *
     * @throws CertificateException it is refused; the message says what it lacks
     */
    void check(X509Certificate certificate) throws CertificateException;

    /** Whether the host that is dialled has to be among the names in a server's certificate as well. */
    default boolean comparesHosts() {
        return false;
    }

    /**
     * The host that is dialled must be among its names, as RFC 2818 has it: for servers that are not ours. Whoever dials
     * must set the engine's algorithm for endpoint identification; without it every server is refused.
     */
    static PeerRule host() {
        return new PeerRule() {
            @Override
            public void check(X509Certificate certificate) {
                // The JDK compares the names, as it knows which host is dialled.
            }

            @Override
            public boolean comparesHosts() {
                return true;
            }
        };
    }

    /** The authority's word is enough: for clients that are not ours, and whose rights something else decides. */
    static PeerRule anyone() {
        return certificate -> {};
    }

    /** It must be allowed to be one of these. */
    static PeerRule anyOf(Role... roles) {
        return certificate -> {
            Set<CertifiedName> names = CertifiedName.of(certificate);
            boolean allowed =
                    names.stream().anyMatch(name -> Arrays.asList(roles).contains(name.role()));
            if (!allowed) {
                throw new CertificateException("its certificate names no "
                        + Arrays.stream(roles).map(Role::word).collect(Collectors.joining(" and no ")) + " but "
                        + told(names) + ": have one issued that does");
            }
        };
    }

    /** For messages: what a certificate says. */
    static String told(Set<CertifiedName> names) {
        return names.isEmpty()
                ? "nobody of ours"
                : names.stream().map(CertifiedName::toString).collect(Collectors.joining(", "));
    }
}
