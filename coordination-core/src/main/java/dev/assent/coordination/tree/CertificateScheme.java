package dev.assent.coordination.tree;

import javax.security.auth.x500.X500Principal;

/**
 * ZooKeeper's {@code x509} scheme: who showed a certificate is known by its subject, in the form of RFC 2253 that {@link
 * X500Principal#getName()} gives, and is meant only by an ACL that holds the very same characters.
 */
public final class CertificateScheme {
    public static final String SCHEME = "x509";

    private CertificateScheme() {}

    /** Whether an ACL may name {@code id}: any distinguished name. */
    static boolean isValid(String id) {
        try {
            X500Principal parsed = new X500Principal(id);
            return !parsed.getName().isEmpty();
        } catch (IllegalArgumentException noName) {
            return false;
        }
    }
}
