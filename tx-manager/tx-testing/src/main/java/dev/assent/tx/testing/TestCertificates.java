package dev.assent.tx.testing;

import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Files of certificates for tests: of the authority that is trusted, of another one, and such as have expired. */
public final class TestCertificates {
    private static final Duration VALID = Duration.ofDays(30);
    private static final List<String> HERE = List.of("localhost", "127.0.0.1");

    private final Path directory;
    private final Instant now = Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
    private final Authority authority = Authority.create("ours", now, VALID.multipliedBy(2));

    /** Files go below {@code directory}. */
    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** Valid, and of the authority that all trust. */
    public TlsFiles of(Role role, String name) throws IOException {
        return issued(authority, HERE, now.plus(VALID), new CertifiedName(role, name));
    }

    /** The same, for a process that is several things. */
    public TlsFiles of(CertifiedName... names) throws IOException {
        return issued(authority, HERE, now.plus(VALID), names);
    }

    /** Valid, but for a machine of another name. */
    public TlsFiles elsewhere(Role role, String name) throws IOException {
        return issued(authority, List.of("elsewhere.example"), now.plus(VALID), new CertifiedName(role, name));
    }

    /** Of our authority, for so long from now on. */
    public TlsFiles shortLived(Role role, String name, Duration validity) throws IOException {
        return issued(
                authority,
                HERE,
                Instant.ofEpochMilli(Clock.SYSTEM.epochMillis()).plus(validity),
                new CertifiedName(role, name));
    }

    /** Of an authority that calls itself the same; who holds it trusts ours. */
    public TlsFiles foreign(Role role, String name) throws IOException {
        Authority other = Authority.create("ours", now, VALID);
        TlsFiles files = issued(other, HERE, now.plus(VALID), new CertifiedName(role, name));
        return new TlsFiles(
                files.certificate(), files.key(), of(Role.CLIENT, "trust").trust());
    }

    private TlsFiles issued(Authority by, List<String> hosts, Instant until, CertifiedName... names)
            throws IOException {
        String name = names[0].role().word() + "-" + names[0].name();
        Path place = Files.createTempDirectory(Files.createDirectories(directory), name);
        return by.issue(new Subject(name, List.of(names), hosts, now, until)).write(place, name);
    }
}
