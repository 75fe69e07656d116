package dev.assent.rm.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A JVM of its own on this JVM's class path, quiet, ended with the bench. */
final class JavaChild implements AutoCloseable {
    private static final int LAST_LINES = 10;

    private final Process process;
    private final BufferedReader output;
    private final Path log;

    private JavaChild(Process process, Path log) {
        this.process = process;
        this.log = log;
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static JavaChild start(JavaSetup setup, String mainClass, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>(setup.command());
        command.add(mainClass);
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new JavaChild(process, log);
    }

    /** @param classPath and logging as this JVM has them or wants them */
    record JavaSetup(Path java, String classPath, String logback, List<String> options) {
        List<String> command() {
            List<String> command = new ArrayList<>(List.of(
                    java.toString(), "-XX:+UseSerialGC", "-Dlogback.configurationFile=" + logback, "-cp", classPath));
            command.addAll(1, options);
            return command;
        }
    }

    void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** The next line that is wanted; others are passed over. */
    String await(Predicate<String> wanted) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (wanted.test(line)) {
                return line;
            }
        }
        throw new IOException("the process " + process.pid() + " ended early; its log ends with\n" + lastLines());
    }

    /** The bench takes its files away when it ends. */
    private String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        process.destroyForcibly();
    }
}
