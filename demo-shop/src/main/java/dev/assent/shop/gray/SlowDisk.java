package dev.assent.shop.gray;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The disk of one process, to be made slow, full or silent while it runs: a library preloaded before libc, compiled on
 * this machine. Linux with a C compiler only.
 *
 * @param library the compiled library
 * @param knobs the directory of files that the library reads
 */
public record SlowDisk(Path library, Path knobs) {
    private static final String SOURCE = "slow-disk.c";
    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

    /** What can be done to it; the C source says what each does. */
    public enum Knob {
        STALL,
        FULL,
        SNAPSHOT_MS
    }

    /** Compiles the library into {@code directory}; empty where that is not possible. */
    public static Optional<Path> compileInto(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path source = directory.resolve(SOURCE);
        try (InputStream text = Objects.requireNonNull(SlowDisk.class.getResourceAsStream(SOURCE))) {
            Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path library = directory.resolve("slow-disk.so");
        for (String compiler : COMPILERS) {
            if (runs(compiler, "-O1", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")) {
                return Optional.of(library);
            }
        }
        return Optional.empty();
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    /** The words before a command that give it this disk. */
    public List<String> prefix() {
        return List.of("env", "LD_PRELOAD=" + library, "GRAY_KNOBS=" + knobs);
    }

    public void set(Knob knob, long value) throws IOException {
        Files.createDirectories(knobs);
        Path file = knobs.resolve(knob.name().toLowerCase(Locale.ROOT));
        Path fresh = Files.writeString(knobs.resolve("next"), Long.toString(value));
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
