package dev.assent.certs;

import dev.assent.command.ExitCode;
import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {"Says of each certificate in PEM files whose it is, what it may be, and how long.", ""})
final class ShowCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "PEM files with certificates.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--within",
            defaultValue = "0",
            paramLabel = "DAYS",
            description = "Counts as expired what will be so within so many days (default: ${DEFAULT-VALUE}).")
    private int withinDays;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Output output = new Output(spec);
        Instant end = Instant.ofEpochMilli(Clock.SYSTEM.epochMillis())
                .plus(Duration.ofDays(output.within("--within", withinDays, 0, 36_500)));
        boolean expired = false;
        for (Path file : files) {
            for (X509Certificate certificate : in(file)) {
                boolean over = certificate.getNotAfter().toInstant().isBefore(end);
                expired |= over;
                output.say(file + ": " + line(certificate) + (over ? "  EXPIRED" : ""));
            }
        }
        return expired ? ExitCode.FOUND : ExitCode.OK;
    }

    private static List<X509Certificate> in(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            List<X509Certificate> found = new ArrayList<>();
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(stream)) {
                if (certificate instanceof X509Certificate x509) {
                    found.add(x509);
                }
            }
            if (found.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return found;
        } catch (CertificateException e) {
            throw new IOException(file + " holds no certificates that can be understood: is it a PEM file?", e);
        }
    }

    private static String line(X509Certificate certificate) throws IOException {
        try {
            return certificate.getSubjectX500Principal().getName() + ", "
                    + (certificate.getBasicConstraints() >= 0
                            ? "an authority"
                            : "may be " + PeerRule.told(CertifiedName.of(certificate)))
                    + ", issued by " + certificate.getIssuerX500Principal().getName()
                    + ", valid until " + certificate.getNotAfter().toInstant()
                    + ", SHA-256 " + fingerprint(certificate);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    certificate.getSubjectX500Principal().getName() + " cannot be understood: " + e.getMessage(), e);
        }
    }

    private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
