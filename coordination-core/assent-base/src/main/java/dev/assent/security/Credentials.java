package dev.assent.security;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** What one process shows and what it trusts, checked to fit together; immutable. The key is never printed. */
public final class Credentials {
    private static final byte[] PROBE = {1, 9, 7, 6};

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final X509TrustManager trust;

    private Credentials(List<X509Certificate> chain, PrivateKey key, X509TrustManager trust) {
        this.chain = List.copyOf(chain);
        this.key = key;
        this.trust = trust;
    }

    /**
     * Checks that the key is the certificate's and that the certificate is valid now.
     *
     * @param chain the own certificate first
     * @param from where it came from, for messages
     */
    static Credentials of(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities, Path from)
            throws SettingsException {
        X509Certificate own = chain.get(0);
        try {
            own.checkValidity();
            if (!belongs(key, own)) {
                throw new SettingsException(
                        "the private key is not that of the certificate in " + from + ": give the pair");
            }
            return new Credentials(chain, key, trusting(authorities));
        } catch (CertificateExpiredException e) {
            throw new SettingsException(
                    "the certificate in " + from + " has expired on "
                            + own.getNotAfter().toInstant() + "; have a new one issued",
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new SettingsException(
                    "the certificate in " + from + " is valid from "
                            + own.getNotBefore().toInstant() + " on only: check this machine's clock",
                    e);
        } catch (GeneralSecurityException | IOException e) {
            throw new SettingsException(
                    "the certificate and key in " + from + " cannot be used (" + e.getMessage() + ")", e);
        }
    }

    private static boolean belongs(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String kind = certificate.getPublicKey().getAlgorithm();
        if (!kind.equals(key.getAlgorithm())) {
            return false;
        }
        Signature signing = Signature.getInstance(signature(kind));
        signing.initSign(key);
        signing.update(PROBE);
        Signature verifying = Signature.getInstance(signature(kind));
        verifying.initVerify(certificate.getPublicKey());
        verifying.update(PROBE);
        return verifying.verify(signing.sign());
    }

    private static String signature(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> keyAlgorithm;
        };
    }

    private static X509TrustManager trusting(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager made : factory.getTrustManagers()) {
            if (made instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("this JDK verifies no X.509 chains");
    }

    /** The own certificate. */
    public X509Certificate own() {
        return chain.get(0);
    }

    List<X509Certificate> chain() {
        return chain;
    }

    /** The own key, for whoever is trusted with it: an authority that issues with it. */
    public PrivateKey key() {
        return key;
    }

    X509TrustManager trust() {
        return trust;
    }
}
