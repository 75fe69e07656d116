package dev.assent.tx.spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * TLC, the model checker of TLA+, in a JVM of its own, since it keeps its state in statics.
 *
 * @param exitCode 0 when every invariant holds
 * @param output all that it said
 */
public record Tlc(int exitCode, String output) {
    /** From this module, and from those beside it. */
    private static final Path SPECIFICATIONS = Path.of("..", "tx-core", "src", "test", "tla");
    /** It takes seconds; the machine may be busy. */
    private static final int MINUTES_MAX = 5;

    private static final Pattern BROKEN = Pattern.compile("<<\"BROKEN\", \"([^\"]+)\", \\d+>>");
    private static final Pattern REACHED = Pattern.compile("<<\"REACHED\", (\\d+), (\\d+)>>");

    /** Checks a module by the configuration of the same name, in an empty directory. */
    public static Tlc check(String module, Path directory) throws IOException, InterruptedException {
        try (Stream<Path> sources = Files.list(SPECIFICATIONS)) {
            for (Path source : sources.toList()) {
                Path unused = Files.copy(source, directory.resolve(source.getFileName()));
            }
        }
        Path log = directory.resolve("tlc.log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx768m",
                        "-Djava.io.tmpdir="
                                + Files.createDirectory(directory.resolve("tmp"))
                                        .toAbsolutePath(),
                        "-cp",
                        jar(),
                        "tlc2.TLC",
                        "-deadlock",
                        "-nowarning",
                        "-workers",
                        "1",
                        "-metadir",
                        directory.resolve("states").toAbsolutePath().toString(),
                        module))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                throw new IOException("TLC did not end within " + MINUTES_MAX + " min: " + log);
            }
        } finally {
            process.destroyForcibly();
        }
        return new Tlc(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
    }

    private static String jar() {
        try {
            return Path.of(Class.forName("tlc2.TLC")
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (ReflectiveOperationException | java.net.URISyntaxException missing) {
            throw new IllegalStateException("the model checker is not on the class path", missing);
        }
    }

    /** The clauses whose loss it has seen to break what must hold. */
    public Set<String> broken() {
        Set<String> broken = new TreeSet<>();
        for (Matcher match = BROKEN.matcher(output); match.find(); ) {
            broken.add(match.group(1));
        }
        return broken;
    }

    /** How many lines of each trace, by its place from 1 on, it could follow. */
    public Map<Integer, Integer> reached() {
        Map<Integer, Integer> reached = new TreeMap<>();
        for (Matcher match = REACHED.matcher(output); match.find(); ) {
            reached.merge(Integer.valueOf(match.group(1)), Integer.valueOf(match.group(2)), Math::max);
        }
        return reached;
    }

    /** The clauses that a module lists in its definition of {@code Dropped}. */
    public static Set<String> clauses(String module) throws IOException {
        String text = Files.readString(SPECIFICATIONS.resolve(module + ".tla"), StandardCharsets.UTF_8);
        Matcher list = Pattern.compile("Dropped == <<(.*?)>>", Pattern.DOTALL).matcher(text);
        if (!list.find()) {
            throw new IllegalArgumentException(module + " lists no clauses");
        }
        List<String> clauses = new ArrayList<>();
        for (Matcher clause = Pattern.compile("\"([^\"]+)\"").matcher(list.group(1)); clause.find(); ) {
            clauses.add(clause.group(1));
        }
        return new TreeSet<>(clauses);
    }
}
