package dev.assent.security;

import dev.assent.settings.SettingsException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what stands between BEGIN and END lines; the JDK does the rest. No message ever holds a file's content. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "EdDSA");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";

    private Pem() {}

    private record Block(Path path, String label, String base64) {
        byte[] der() throws SettingsException {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(path + " is damaged: what stands after BEGIN is not Base64", e);
            }
        }
    }

    /** All certificates in their order, at least one. */
    static List<X509Certificate> certificates(Path path, byte[] content) throws SettingsException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(path, content)) {
            if (block.label().equals(CERTIFICATE)) {
                certificates.add(certificate(path, block));
            }
        }
        if (certificates.isEmpty()) {
            throw new SettingsException(path + " holds no certificate: give a PEM file with BEGIN CERTIFICATE in it");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path path, Block block) throws SettingsException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException e) {
            throw new SettingsException(path + " holds a certificate that cannot be understood; make it anew", e);
        }
    }

    /** The only private key. */
    static PrivateKey key(Path path, byte[] content) throws SettingsException {
        List<Block> keys = blocks(path, content).stream()
                .filter(block -> block.label().endsWith(KEY))
                .toList();
        if (keys.size() != 1) {
            throw new SettingsException(
                    path + " holds " + keys.size() + " private keys; give a PEM file with one BEGIN PRIVATE KEY in it");
        }
        if (!keys.get(0).label().equals(KEY)) {
            throw new SettingsException(path + " holds a key as '" + keys.get(0).label()
                    + "'; only PKCS#8 without a password is read: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        return key(path, keys.get(0));
    }

    private static PrivateKey key(Path path, Block block) throws SettingsException {
        for (String algorithm : KEY_ALGORITHMS) {
            Optional<PrivateKey> key = key(algorithm, block.der());
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new SettingsException(path + " holds a key that is none of " + String.join(", ", KEY_ALGORITHMS));
    }

    private static Optional<PrivateKey> key(String algorithm, byte[] der) throws SettingsException {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (InvalidKeySpecException notOfThisKind) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new SettingsException("this JDK knows no keys of kind " + algorithm, e);
        }
    }

    private static List<Block> blocks(Path path, byte[] content) {
        return BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1))
                .results()
                .map(found -> new Block(path, found.group(1), found.group(2)))
                .toList();
    }
}
