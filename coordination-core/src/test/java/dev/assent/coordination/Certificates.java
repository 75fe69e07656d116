package dev.assent.coordination;

import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Files for tests: of the authority that is trusted, of another one, and such as have expired. */
public final class Certificates {
    private final Path directory;
    private final Instant now = Instant.now();
    private final Authority authority = Authority.create("ours", now, Duration.ofDays(10));

    /** Files go below {@code directory}. */
    public Certificates(Path directory) {
        this.directory = directory;
    }

    /** Valid, and of the authority that the others trust. */
    public TlsFiles of(Role role, String name) throws IOException {
        return issued(authority, role, name, now, now.plus(Duration.ofDays(1)));
    }

    /** Of an authority that calls itself the same; who holds it trusts ours. */
    public TlsFiles foreign(Role role, String name) throws IOException {
        Authority other = Authority.create("ours", now, Duration.ofDays(10));
        TlsFiles files = issued(other, role, name, now, now.plus(Duration.ofDays(1)));
        return new TlsFiles(
                files.certificate(), files.key(), of(Role.CLIENT, "trust").trust());
    }

    /** Of our authority, for so long from now on. */
    public TlsFiles shortLived(Role role, String name, Duration validity) throws IOException {
        return issued(authority, role, name, now, Instant.now().plus(validity));
    }

    private TlsFiles issued(Authority by, Role role, String name, Instant from, Instant until) throws IOException {
        Subject subject = new Subject(
                role.word() + "-" + name,
                List.of(new CertifiedName(role, name)),
                List.of("localhost", "127.0.0.1"),
                from,
                until);
        Path place = Files.createTempDirectory(Files.createDirectories(directory), role.word() + "-" + name);
        return by.issue(subject).write(place, name);
    }

    /** Key and certificate in one file, as ZooKeeper's library wants them. */
    public static Path together(TlsFiles files) throws IOException {
        Path both = files.key().resolveSibling("both.pem");
        Files.writeString(both, Files.readString(files.key()) + Files.readString(files.certificate()));
        return both;
    }
}
