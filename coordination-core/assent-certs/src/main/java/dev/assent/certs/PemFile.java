package dev.assent.certs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Set;

/** The text of a PEM file and who may read it. */
final class PemFile {
    /** The authority's certificate: what everybody trusts. */
    static final String AUTHORITY = "ca.pem";

    /** The authority's key, which issues. */
    static final String AUTHORITY_KEY = "ca.key";

    private static final int LINE_CHARS = 64;

    private final String text;
    private final boolean secret;

    private PemFile(String label, byte[] der, boolean secret) {
        String base64 = Base64.getMimeEncoder(LINE_CHARS, new byte[] {'\n'}).encodeToString(der);
        this.text = "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
        this.secret = secret;
    }

    static PemFile ofKey(PrivateKey key) {
        return new PemFile("PRIVATE KEY", key.getEncoded(), true);
    }

    static PemFile ofCertificate(X509Certificate certificate) {
        try {
            return new PemFile("CERTIFICATE", certificate.getEncoded(), false);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /** Whole or not at all; a secret one is never readable for others, not even while it is written. */
    void replace(Path file) throws IOException {
        Path beginning = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(beginning);
        Files.createFile(beginning, attributes());
        Files.writeString(beginning, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        Files.move(beginning, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private FileAttribute<?>[] attributes() {
        Set<String> views = FileSystems.getDefault().supportedFileAttributeViews();
        if (!views.contains("posix")) {
            return new FileAttribute<?>[0];
        }
        String who = secret ? "rw-------" : "rw-r--r--";
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(who))};
    }
}
