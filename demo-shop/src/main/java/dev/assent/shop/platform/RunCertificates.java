package dev.assent.shop.platform;

import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.security.CertifiedName;
import dev.assent.security.TlsFiles;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
    private final Authority authority = Authority.create("assent run", now(), VALID);
    private final Map<String, Shown> issued = new HashMap<>();

    private record Shown(List<CertifiedName> names, TlsFiles files) {}

    /** Files go into a folder in {@code run}. */
    public RunCertificates(Path run) throws IOException {
        this.directory = Files.createDirectories(run.resolve(FOLDER));
    }

    /** Of the process {@code name}, which may be {@code names}; the same files at each call. */
    public synchronized TlsFiles of(String name, CertifiedName... names) throws IOException {
        Shown shown = issued.get(name);
        if (shown == null) {
            shown = new Shown(List.of(names), write(name, List.of(names), VALID));
            issued.put(name, shown);
        }
        return shown.files();
    }

    /** Puts another one where that of the process {@code name} is, which expires after so long. */
    public synchronized void replace(String name, Duration valid) throws IOException {
        Shown shown = issued.get(name);
        if (shown == null) {
            throw new IllegalArgumentException("nobody is called '" + name + "' in this run");
        }
        TlsFiles unused = write(name, shown.names(), valid);
    }

    /** Puts another one there that lasts. */
    public void renew(String name) throws IOException {
        replace(name, VALID);
    }

    private TlsFiles write(String name, List<CertifiedName> names, Duration valid) throws IOException {
        Instant now = now();
        TlsFiles files = authority
                .issue(new Subject(name, names, HERE, now, now.plus(valid)))
                .write(directory, name);
        writeKeystore(files, keystore(name));
        return files;
    }

    /** For those who want key and certificate in one file. */
    private static void writeKeystore(TlsFiles files, Path keystore) throws IOException {
        Path fresh = keystore.resolveSibling(keystore.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.copy(files.key(), fresh, StandardCopyOption.COPY_ATTRIBUTES); // for its owner's eyes only
        Files.write(fresh, Files.readAllBytes(files.certificate()), StandardOpenOption.APPEND);
        Files.move(fresh, keystore, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Key and certificate of the process {@code name} in one file, once it has them. */
    public Path keystore(String name) {
        return directory.resolve(name + ".keystore.pem");
    }

    private static Instant now() {
        return Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
    }
}
