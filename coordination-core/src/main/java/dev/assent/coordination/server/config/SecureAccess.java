package dev.assent.coordination.server.config;

import dev.assent.security.CredentialFiles;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where clients are served over TLS.
 *
 * @param address ZooKeeper's secureClientPort; port 0 takes any free port
 * @param credentials what is shown to clients, and whose clients are trusted
 * @param certificates ZooKeeper's ssl.clientAuth
 * @param superSubject whose certificate makes a client one who may do everything, if anybody's: ZooKeeper's
 *     X509AuthenticationProvider.superUser
 */
public record SecureAccess(
        InetSocketAddress address,
        CredentialFiles credentials,
        Certificates certificates,
        Optional<String> superSubject) {

    /** Whether clients have to show certificates of their own. */
    public enum Certificates {
        NEEDED,
        WANTED,
        NOT_ASKED
    }

    public SecureAccess {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(
                    "secureClientPortAddress " + address.getHostString() + " does not resolve");
        }
    }

    /** With certificates needed, and nobody who may do everything. */
    public SecureAccess(InetSocketAddress address, CredentialFiles credentials) {
        this(address, credentials, Certificates.NEEDED, Optional.empty());
    }
}
