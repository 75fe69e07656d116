package dev.assent.certs;

import dev.assent.security.CertifiedName;
import dev.assent.security.CredentialFiles;
import dev.assent.security.Credentials;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** Issues certificates with a key of its own. Thread-safe. */
public final class Authority {
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 159;

    /** Machines' clocks differ: a certificate is valid from so long before it was issued. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private final SecureRandom random = new SecureRandom();
    private final X509Certificate certificate;
    private final PrivateKey key;

    private Authority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** A new one, which nobody trusts yet. */
    public static Authority create(String commonName, Instant now, Duration validity) {
        SecureRandom random = new SecureRandom();
        KeyPair pair = newKeys(random);
        X500Name name = nameOf(commonName);
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            name,
                            serial(random),
                            Date.from(now.minus(CLOCKS_DIFFER)),
                            Date.from(now.plus(validity)),
                            name,
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(pair.getPublic()));
            return new Authority(signed(builder, pair.getPrivate()), pair.getPrivate());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate can be made", e);
        }
    }

    /**
     * The one whose files are in {@code directory}.
     *
     * @throws SettingsException they are not there, do not fit together, or have expired
     */
    public static Authority in(Path directory) throws SettingsException {
        Path pem = directory.resolve(PemFile.AUTHORITY);
        if (!Files.exists(pem)) {
            throw new SettingsException(
                    "there is no authority in " + directory + ": 'assent certs init' makes one, once for all machines");
        }
        CredentialFiles files = new TlsFiles(pem, directory.resolve(PemFile.AUTHORITY_KEY), pem);
        Credentials read = files.load(CredentialFiles.Contents.of(files));
        return new Authority(read.own(), read.key());
    }

    /** Writes {@code ca.pem} and {@code ca.key} into {@code directory}; fails if either is there. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String name : List.of(PemFile.AUTHORITY, PemFile.AUTHORITY_KEY)) {
            if (Files.exists(directory.resolve(name))) {
                throw new IOException(
                        directory.resolve(name) + " is there already; whoever trusts it would trust nothing"
                                + " that a new one issues. Give another directory");
            }
        }
        PemFile.ofKey(key).replace(directory.resolve(PemFile.AUTHORITY_KEY));
        PemFile.ofCertificate(certificate).replace(directory.resolve(PemFile.AUTHORITY));
    }

    /** A new key and a certificate for it, which may open and accept connections. */
    public Issued issue(Subject subject) {
        KeyPair pair = newKeys(random);
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            certificate,
                            serial(random),
                            Date.from(subject.from().minus(CLOCKS_DIFFER)),
                            Date.from(subject.until()),
                            new X500Principal("CN=" + subject.commonName()),
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                    }))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            extensions.createAuthorityKeyIdentifier(certificate))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(pair.getPublic()));
            List<GeneralName> alternatives = alternatives(subject);
            if (!alternatives.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(alternatives.toArray(GeneralName[]::new)));
            }
            return new Issued(signed(builder, key), pair.getPrivate(), certificate);
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate can be made", e);
        }
    }

    /** The certificate of this authority: what others are to trust. */
    public X509Certificate certificate() {
        return certificate;
    }

    private static List<GeneralName> alternatives(Subject subject) {
        List<GeneralName> alternatives = new ArrayList<>();
        for (CertifiedName name : subject.names()) {
            alternatives.add(new GeneralName(GeneralName.uniformResourceIdentifier, name.uri()));
        }
        for (String host : subject.hosts()) {
            boolean address = IPAddress.isValid(host);
            alternatives.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return alternatives;
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey with)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(with)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("the authority's key cannot sign; it is not on the curve P-256?", e);
        }
    }

    private static KeyPair newKeys(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK makes no keys on the curve P-256", e);
        }
    }

    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(SERIAL_BITS, random).setBit(0);
    }

    private static X500Name nameOf(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }
}
