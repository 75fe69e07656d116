package dev.assent.shop.gray;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Small libraries in C that one process is started with, before libc: compiled on this machine, from sources that lie beside
 * this class. While the process runs they read knobs, files with one number in each. Linux with a C compiler only.
 */
public final class Preloaded {
    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

    private Preloaded() {}

    /** Compiles {@code name}.c into {@code directory}; empty where that is not possible. */
    static Optional<Path> compile(String name, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path source = directory.resolve(name + ".c");
        try (InputStream text = Objects.requireNonNull(Preloaded.class.getResourceAsStream(name + ".c"))) {
            Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path library = directory.resolve(name + ".so");
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

    /** The words before a command that give it these libraries; {@code knobs} is the directory of its knobs. */
    public static List<String> prefix(List<Path> libraries, Path knobs) {
        if (libraries.isEmpty()) {
            return List.of();
        }
        String preload = libraries.stream().map(Path::toString).collect(Collectors.joining(":"));
        return List.of("env", "LD_PRELOAD=" + preload, "GRAY_KNOBS=" + knobs);
    }

    /** Turns a knob, in one piece. */
    static void turn(Path knobs, String knob, long value) throws IOException {
        Files.createDirectories(knobs);
        Path fresh = Files.writeString(knobs.resolve("next"), Long.toString(value));
        Files.move(fresh, knobs.resolve(knob), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
