package dev.assent.shop.platform;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words that start a class's {@code main} in a JVM of its own: the same Java and the same class path as here.
 *
 * @param words program and arguments
 */
public record JavaCommand(List<String> words) {
    public JavaCommand {
        words = List.copyOf(words);
    }

    /**
     * A command that runs {@code main}.
     *
     * @param options for the JVM, for example {@code -Xmx256m}
     */
    public static JavaCommand of(Class<?> main, String... options) {
        List<String> words = new ArrayList<>();
        words.add(ProcessHandle.current()
                .info()
                .command()
                .orElseThrow(() -> new IllegalStateException("the operating system does not tell which java runs")));
        words.add("-XX:+UseSerialGC");
        words.add("-XX:TieredStopAtLevel=1");
        words.add("-Xshare:auto");
        words.addAll(List.of(options));
        words.add("-cp");
        words.add(classPath());
        words.add(main.getName());
        return new JavaCommand(words);
    }

    /** With absolute entries, since the child works in another directory. */
    private static String classPath() {
        return Stream.of(ManagementFactory.getRuntimeMXBean().getClassPath().split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    public JavaCommand with(String... arguments) {
        List<String> longer = new ArrayList<>(words);
        longer.addAll(List.of(arguments));
        return new JavaCommand(longer);
    }

    public JavaCommand with(Path argument) {
        return with(argument.toString());
    }
}
