package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** A standalone server in a process of its own, which the shell keeps within limits. */
final class ProcessUnderLimits implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final int LOOK_MILLIS = 20;

    private final Process process;
    private final Path out;
    private final Path err;
    private final int port;

    private ProcessUnderLimits(Process process, Path out, Path err, int port) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.port = port;
    }

    /**
     * Started, and serving.
     *
     * @param limit a command of the shell, say {@code ulimit -n 220}
     * @param javaOptions for its JVM
     * @param settings lines for its zoo.cfg
     */
    static ProcessUnderLimits start(Path directory, String limit, List<String> javaOptions, String settings)
            throws Exception {
        Path zooCfg = directory.resolve("zoo.cfg");
        Files.writeString(zooCfg, "dataDir=" + directory.resolve("data") + "\nclientPort=0\n" + settings);
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        String java = Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:+UseSerialGC"
                + " -XX:TieredStopAtLevel=1 " + String.join(" ", javaOptions) + " -cp "
                + classPath(directory) + " " + Main.class.getName() + " " + zooCfg;
        Process process = new ProcessBuilder("bash", "-c", limit + "; exec " + java)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            while (!Files.readString(out).contains(" serving clients on ")) {
                assertThat(process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS))
                        .as(() -> text(err))
                        .isFalse();
            }
            int port = Integer.parseInt(Files.readString(out).replaceAll("(?s).*?:(\\d+) .*", "$1"));
            return new ProcessUnderLimits(process, out, err, port);
        } catch (IOException | RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** As it is installed: our own classes from a jar too, which needs no descriptor for each class. */
    private static String classPath(Path directory) throws IOException {
        Path jar = directory.resolve("server.jar");
        List<String> entries = new ArrayList<>(List.of(jar.toString()));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                if (!entry.endsWith(".jar") && !entry.endsWith("test-classes") && Files.isDirectory(Path.of(entry))) {
                    addAll(Path.of(entry), out);
                } else {
                    entries.add(entry);
                }
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void addAll(Path classes, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    int port() {
        return port;
    }

    String connect() {
        return "127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }

    /** All that it has said to its operator. */
    String told() {
        return text(out) + text(err);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS))
                    .as(() -> "it goes on, but ended before: " + what + "\n" + told())
                    .isFalse();
            assertThat(System.nanoTime()).as(() -> what + "\n" + told()).isLessThan(deadline);
        }
    }

    /** Waits for its end, and says its exit code. */
    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as(() -> "it ends by itself\n" + told())
                .isTrue();
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
