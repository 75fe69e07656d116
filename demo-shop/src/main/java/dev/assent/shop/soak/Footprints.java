package dev.assent.shop.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Measures JVMs of this machine: by {@code jcmd}, which every JDK has, and by {@code /proc}. */
final class Footprints {
    private static final long JCMD_SECONDS_MAX = 30;
    private static final long PAGE_BYTES = 4_096;
    private static final Pattern USED = Pattern.compile("(?:total|size) \\d+K, used (\\d+)K");

    private Footprints() {}

    /** Why nothing can be measured here; empty text if it can. */
    static String lacking() {
        if (!Files.isExecutable(jcmd())) {
            return "there is no " + jcmd() + ": use a JDK";
        }
        return Files.isReadable(Path.of("/proc/self/statm")) ? "" : "there is no /proc";
    }

    private static Path jcmd() {
        String java = ProcessHandle.current().info().command().orElse("java");
        return Path.of(java).resolveSibling("jcmd");
    }

    /** Of a JVM, after a full collection. */
    static Footprint of(long pid) throws IOException, InterruptedException {
        String unused = jcmd(pid, "GC.run");
        Path proc = Path.of("/proc", Long.toString(pid));
        String[] pages = Files.readString(proc.resolve("statm")).split(" ", -1);
        return new Footprint(
                heapBytes(jcmd(pid, "GC.heap_info")),
                Long.parseLong(pages[1]) * PAGE_BYTES,
                entries(proc.resolve("task")),
                entries(proc.resolve("fd")));
    }

    /** Serial collectors tell of their generations one by one. */
    static long heapBytes(String info) throws IOException {
        Matcher used = USED.matcher(info.replaceAll("(?s)Metaspace.*", ""));
        long kib = 0;
        boolean isFound = false;
        while (used.find()) {
            kib += Long.parseLong(used.group(1));
            isFound = true;
        }
        if (!isFound) {
            throw new IOException("jcmd GC.heap_info tells no sizes: " + info);
        }
        return kib * 1_024;
    }

    private static int entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return (int) all.count();
        }
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("assent-jcmd-", ".txt");
        try {
            Process process = new ProcessBuilder(jcmd().toString(), Long.toString(pid), command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            process.getOutputStream().close();
            boolean isOver = process.waitFor(JCMD_SECONDS_MAX, TimeUnit.SECONDS);
            String text = Files.readString(said);
            if (!isOver || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("jcmd " + pid + " " + command + " failed: " + text);
            }
            return text;
        } finally {
            Files.delete(said);
        }
    }
}
