package dev.assent.certs;

import dev.assent.security.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A certificate and its key; the key is never printed.
 *
 * @param authority the certificate of who issued it
 */
public record Issued(X509Certificate certificate, PrivateKey key, X509Certificate authority) {
    /**
     * Writes {@code name.pem}, {@code name.key} and, for whoever lacks it, {@code ca.pem} into {@code directory}; what is
     * there of that name is replaced, the key first.
     */
    public TlsFiles write(Path directory, String name) throws IOException {
        Path key = directory.resolve(name + ".key");
        Path certificate = directory.resolve(name + ".pem");
        Path trust = directory.resolve(PemFile.AUTHORITY);
        PemFile.ofKey(key()).replace(key);
        PemFile.ofCertificate(certificate()).replace(certificate);
        PemFile.ofCertificate(authority()).replace(trust);
        return new TlsFiles(certificate, key, trust);
    }

    @Override
    public String toString() {
        return certificate.getSubjectX500Principal().getName();
    }
}
