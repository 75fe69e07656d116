package dev.assent.security;

import dev.assent.settings.SettingsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** A key store and a trust store, as ZooKeeper's settings name them: JKS, PKCS#12, or PEM with all in one file. */
public record KeyStoreFiles(Store keys, Store trust) implements CredentialFiles {
    /** The format of a store. */
    public enum Type {
        JKS,
        PKCS12,
        PEM
    }

    /** One of the two, and what opens it; the password is never printed. */
    public record Store(Path path, Type type, String password) {
        @Override
        public String toString() {
            return path + " (" + type + ")";
        }
    }

    @Override
    public List<Path> paths() {
        return Stream.of(keys.path(), trust.path()).distinct().toList();
    }

    @Override
    public Credentials load(Contents contents) throws SettingsException {
        List<X509Certificate> authorities = new ArrayList<>();
        byte[] trustBytes = contents.of(trust.path());
        if (trust.type() == Type.PEM) {
            authorities.addAll(Pem.certificates(trust.path(), trustBytes));
        } else {
            authorities.addAll(authoritiesIn(open(trust, trustBytes)));
        }
        byte[] keyBytes = contents.of(keys.path());
        if (keys.type() == Type.PEM) {
            return Credentials.of(
                    Pem.certificates(keys.path(), keyBytes), Pem.key(keys.path(), keyBytes), authorities, keys.path());
        }
        return own(open(keys, keyBytes), authorities);
    }

    private static KeyStore open(Store store, byte[] bytes) throws SettingsException {
        try {
            KeyStore opened = KeyStore.getInstance(store.type().name());
            opened.load(new ByteArrayInputStream(bytes), store.password().toCharArray());
            return opened;
        } catch (IOException | GeneralSecurityException e) {
            throw new SettingsException(
                    store.path() + " cannot be opened as " + store.type() + "; check its password and type", e);
        }
    }

    private List<X509Certificate> authoritiesIn(KeyStore opened) throws SettingsException {
        try {
            List<X509Certificate> found = new ArrayList<>();
            for (String alias : Collections.list(opened.aliases())) {
                if (opened.isCertificateEntry(alias)
                        && opened.getCertificate(alias) instanceof X509Certificate authority) {
                    found.add(authority);
                }
            }
            if (found.isEmpty()) {
                throw new SettingsException(trust.path() + " holds no certificate to trust; import the authority's");
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new SettingsException(trust.path() + " cannot be read; make it anew", e);
        }
    }

    private Credentials own(KeyStore opened, List<X509Certificate> authorities) throws SettingsException {
        try {
            List<String> entries = new ArrayList<>();
            for (String alias : Collections.list(opened.aliases())) {
                if (opened.isKeyEntry(alias)) {
                    entries.add(alias);
                }
            }
            if (entries.size() != 1) {
                throw new SettingsException(
                        keys.path() + " holds " + entries.size() + " private keys; which is meant? Keep one");
            }
            Key key = opened.getKey(entries.get(0), keys.password().toCharArray());
            List<X509Certificate> chain = new ArrayList<>();
            Certificate[] held = opened.getCertificateChain(entries.get(0));
            if (held == null) {
                throw new SettingsException(keys.path() + " holds a key without a certificate; give the pair");
            }
            for (Certificate link : held) {
                if (link instanceof X509Certificate certificate) {
                    chain.add(certificate);
                }
            }
            if (!(key instanceof PrivateKey mine) || chain.isEmpty()) {
                throw new SettingsException(keys.path() + " holds no private key with its certificate");
            }
            return Credentials.of(chain, mine, authorities, keys.path());
        } catch (GeneralSecurityException e) {
            throw new SettingsException(keys.path() + " holds a key that its password does not open", e);
        }
    }
}
