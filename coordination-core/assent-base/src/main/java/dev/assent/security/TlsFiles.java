package dev.assent.security;

import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Three PEM files, which are all that a process needs for TLS.
 *
 * @param certificate its own certificate first, then those between it and the authority
 * @param key the private key of that certificate, PKCS#8 without a password; may stand in the same file
 * @param trust the certificates of the authorities whose word counts
 */
public record TlsFiles(Path certificate, Path key, Path trust) implements CredentialFiles {
    private static final String CERTIFICATE = "certificate";
    private static final String KEY = "key";
    private static final String TRUST = "trust";

    /**
     * The files that {@code prefix}certificate, -key and -trust name, relative to the settings' own place; empty if none
     * of the three is there.
     *
     * @throws SettingsException some are there, and not all
     */
    public static Optional<TlsFiles> read(Settings settings, String prefix) throws SettingsException {
        Optional<Path> certificate = settings.text(prefix + CERTIFICATE).map(settings::beside);
        Optional<Path> key = settings.text(prefix + KEY).map(settings::beside);
        Optional<Path> trust = settings.text(prefix + TRUST).map(settings::beside);
        List<String> missing = new ArrayList<>();
        certificate.ifPresentOrElse(path -> {}, () -> missing.add(prefix + CERTIFICATE));
        key.ifPresentOrElse(path -> {}, () -> missing.add(prefix + KEY));
        trust.ifPresentOrElse(path -> {}, () -> missing.add(prefix + TRUST));
        if (missing.size() == 3) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            throw new SettingsException(settings.file() + ": " + String.join(" and ", missing)
                    + " is missing; TLS needs all three files: certificate, key and trust");
        }
        return Optional.of(new TlsFiles(certificate.orElseThrow(), key.orElseThrow(), trust.orElseThrow()));
    }

    @Override
    public List<Path> paths() {
        return List.of(certificate, key, trust);
    }

    @Override
    public Credentials load(Contents contents) throws SettingsException {
        return Credentials.of(
                Pem.certificates(certificate, contents.of(certificate)),
                Pem.key(key, contents.of(key)),
                Pem.certificates(trust, contents.of(trust)),
                certificate);
    }
}
