package dev.assent.shop.platform;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of every process of ours, parsed and verified once and mapped into memory by all (class data sharing): they
 * start in about half the time. A run that finds no archive of this very class path has its processes write down which
 * classes they load, and makes one of the lists once it has time. Thread-safe.
 *
 * <p>The JVM itself checks that an archive fits, and goes on without it otherwise.
 */
public final class ClassArchive implements AutoCloseable {
    private static final String PREFIX = "classes-";
    private static final String LIST = ".classlist";

    /** The launcher has it written. */
    private static final String OF_THIS_PROCESS = "demo.classlist";

    private static final Pattern NUMBERED = Pattern.compile("(\\S+) id: \\d+");

    private final Kept kept;
    private final String name;
    private final Path lists;
    private final boolean isThere;
    private volatile @Nullable Process dump;
    private volatile boolean closed;

    private ClassArchive(Kept kept, String name, Path lists) {
        this.kept = kept;
        this.name = name;
        this.lists = lists;
        this.isThere = kept.present(name).isPresent();
    }

    /**
     * The archive of this process's class path; empty if that has directories in it, of which the JVM archives nothing.
     *
     * @param lists a directory of this run
     */
    public static Optional<ClassArchive> of(Kept kept, Path lists) throws IOException {
        MessageDigest digest = sha256();
        digest.update(Runtime.version().toString().getBytes(StandardCharsets.UTF_8));
        for (String entry : JavaCommand.classPath().split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            BasicFileAttributes about = Files.readAttributes(jar, BasicFileAttributes.class);
            if (!about.isRegularFile()) {
                return Optional.empty();
            }
            String identity = jar + " " + about.size() + " " + about.lastModifiedTime();
            digest.update(identity.getBytes(StandardCharsets.UTF_8));
        }
        String name = PREFIX + HexFormat.of().formatHex(digest.digest(), 0, 8) + ".jsa";
        return Optional.of(new ClassArchive(kept, name, Files.createDirectories(lists)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether this run uses one. */
    public boolean isThere() {
        return isThere;
    }

    /** Options of the JVM that becomes the process {@code process}. */
    public List<String> options(String process) {
        return isThere
                // What does not fit is left alone, and in silence: it is made anew.
                ? List.of("-XX:SharedArchiveFile=" + kept.place(name), "-Xlog:cds=off", "-Xlog:class+path=off")
                : List.of("-XX:DumpLoadedClassList=" + lists.resolve(process + LIST));
    }

    /** Makes the archive of what the processes have loaded so far, with as little of the machine as may be. */
    public void make() throws IOException, InterruptedException {
        Path list = lists.resolve("all");
        Files.write(list, merged());
        Path made = lists.resolve(name);
        List<String> words = new ArrayList<>(List.of("nice", "-n", "19"));
        words.addAll(JavaCommand.java(
                        "-Xshare:dump",
                        "-XX:+UseG1GC", // it alone archives objects as well
                        "-Xmx512m",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + made)
                .words());
        Process child = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(lists.resolve("dump.log").toFile())
                .start();
        dump = child;
        if (closed) {
            child.destroyForcibly();
        }
        if (child.waitFor() == 0) {
            kept.forget(PREFIX, name);
            Path near = kept.place("new-" + ProcessHandle.current().pid() + "-" + name);
            Files.copy(made, near);
            kept.put(near, name);
        }
        Files.deleteIfExists(made);
    }

    /** Lists of processes that live end anywhere; classes of loaders of their own cannot be archived together. */
    private Set<String> merged() throws IOException {
        Set<String> classes = new LinkedHashSet<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(lists)) {
            files = listed.filter(file -> file.toString().endsWith(LIST)).toList();
        }
        List<Path> all = new ArrayList<>(files);
        kept.present(OF_THIS_PROCESS).ifPresent(all::add);
        for (Path file : all) {
            String text = Files.readString(file);
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
                Matcher numbered = NUMBERED.matcher(line);
                if (numbered.matches()) {
                    classes.add(numbered.group(1));
                } else if (!line.isEmpty() && !line.startsWith("#") && !line.contains(" source: ")) {
                    classes.add(line);
                }
            }
        }
        return classes;
    }

    /** Ends the making, if it is going on. */
    @Override
    public void close() {
        closed = true;
        Process child = dump;
        if (child != null) {
            child.destroyForcibly();
        }
    }
}
