package dev.assent.shop.platform;

import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.security.CertifiedName;
import dev.assent.security.TlsFiles;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the processes of one run show each other: issued by an authority that is made for the run, whose key is never
 * written. Certificates are for this machine. Thread-safe.
 */
public final class RunCertificates {
    /** The folder's name in a run's directory. */
    public static final String FOLDER = "certificates";

    private static final Duration VALID = Duration.ofDays(30);
    private static final List<String> HERE = List.of("localhost", "127.0.0.1");

    private final Path directory;
    private final Instant now = Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
    private final Authority authority = Authority.create("assent run", now, VALID);
    private final Map<String, TlsFiles> issued = new HashMap<>();

    /** Files go into a folder in {@code run}. */
    public RunCertificates(Path run) throws IOException {
        this.directory = Files.createDirectories(run.resolve(FOLDER));
    }

    /** Of the process {@code name}, which may be {@code names}; the same files at each call. */
    public synchronized TlsFiles of(String name, CertifiedName... names) throws IOException {
        TlsFiles files = issued.get(name);
        if (files == null) {
            files = authority
                    .issue(new Subject(name, List.of(names), HERE, now, now.plus(VALID)))
                    .write(directory, name);
            issued.put(name, files);
        }
        return files;
    }
}
