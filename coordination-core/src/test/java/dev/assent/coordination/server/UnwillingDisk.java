package dev.assent.coordination.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Servers' disks that a test can keep from answering, by a library of our own that is compiled on the spot. */
final class UnwillingDisk {
    private static final String SOURCE = "unwilling-disk.c";
    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

    private final Path library;
    private final Path root;

    private UnwillingDisk(Path library, Path root) {
        this.library = library;
        this.root = root;
    }

    /** Empty, and said so loudly, where there is no C compiler. */
    static Optional<UnwillingDisk> compile(Path directory) throws Exception {
        Path source = directory.resolve(SOURCE);
        try (InputStream in = Objects.requireNonNull(UnwillingDisk.class.getResourceAsStream("/" + SOURCE))) {
            Files.copy(in, source);
        }
        Path library = directory.resolve("unwilling-disk.so");
        for (String compiler : COMPILERS) {
            if (compiles(compiler, source, library)) {
                return Optional.of(new UnwillingDisk(library, Files.createDirectories(directory.resolve("knobs"))));
            }
        }
        System.err.printf(
                "NOT TESTED: what servers do when a disk does not answer. None of %s is here, which this test needs to"
                        + " compile %s%n",
                COMPILERS, SOURCE);
        return Optional.empty();
    }

    private static boolean compiles(String compiler, Path source, Path library) throws Exception {
        try {
            Process process = new ProcessBuilder(
                            compiler, "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl")
                    .inheritIO()
                    .start();
            return process.waitFor() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private Path knobs(int server) {
        return root.resolve("server-" + server);
    }

    /** What that server's process has to be started with. */
    Map<String, String> environment(int server) {
        try {
            Files.createDirectories(knobs(server));
        } catch (IOException e) {
            throw new IllegalStateException("cannot make a folder for the test", e);
        }
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "UNWILLING_DISK",
                knobs(server).toString());
    }

    /** From now on no sync of the transaction log returns there, until {@link #goOn}. */
    void stall(int server) throws IOException {
        Files.createFile(knobs(server).resolve("stall"));
    }

    void goOn(int server) throws IOException {
        Files.delete(knobs(server).resolve("stall"));
    }

    /** From now on a snapshot takes very long there. */
    void slowSnapshots(int server) throws IOException {
        Files.createFile(knobs(server).resolve("snapshots"));
    }
}
