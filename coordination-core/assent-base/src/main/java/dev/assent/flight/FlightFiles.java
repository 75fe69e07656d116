package dev.assent.flight;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a recorder: {@code PROCESS.N.flight}, each with all that was kept when it was begun. Written without a sync:
 * what is lost is lost with the machine, not with the process. Used by the writer's thread alone, but for
 * {@link #readFormer}.
 */
final class FlightFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FlightFiles.class);
    private static final String SUFFIX = ".flight";

    private final Path directory;
    private final FlightProcess process;
    private final FlightLimits limits;
    private @Nullable FileChannel file;
    private int generation;
    private boolean complained;

    private FlightFiles(Path directory, FlightProcess process, FlightLimits limits) {
        this.directory = directory;
        this.process = process;
        this.limits = limits;
    }

    /** Makes the directory if there is none, and removes what the oldest processes left there. */
    static FlightFiles open(Path directory, FlightProcess process, FlightLimits limits) throws IOException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
            FlightFiles files = new FlightFiles(directory, process, limits);
            files.forgetOldest();
            return files;
        } catch (IOException failed) {
            throw new IOException(
                    "the flight recorder cannot use " + directory + ": " + failed
                            + ". Name a directory that this process may write to, or none.",
                    failed);
        }
    }

    private void forgetOldest() throws IOException {
        List<List<Path>> former = new ArrayList<>(byProcess().values());
        for (int old = 0; old <= former.size() - limits.processesMax(); old++) {
            for (Path gone : former.get(old)) {
                Files.deleteIfExists(gone);
            }
        }
    }

    /** The files there, by process and number; the oldest first. */
    private Map<String, List<Path>> byProcess() throws IOException {
        return byProcess(directory);
    }

    private static Map<String, List<Path>> byProcess(Path directory) throws IOException {
        Map<String, List<Path>> found = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (Stream<Path> there = Files.list(directory)) {
            there.filter(path -> path.getFileName().toString().matches("[0-9]+-[0-9]+(-[0-9]+)?\\.[0-9]{6}" + SUFFIX))
                    .sorted()
                    .forEach(path -> found.computeIfAbsent(owner(path), id -> new ArrayList<>())
                            .add(path));
        }
        return found;
    }

    private static String owner(Path path) {
        String name = path.getFileName().toString();
        return name.substring(0, name.indexOf('.'));
    }

    /** Writes more; false if that needs a file to be begun. */
    boolean append(List<String> lines) {
        FileChannel open = file;
        if (open == null) {
            return false;
        }
        try {
            if (open.position() > limits.fileBytesMax()) {
                return false;
            }
            write(open, lines);
            return true;
        } catch (IOException failed) {
            complain(failed);
            return false;
        }
    }

    /** Begins a file with all that is kept; the last but one goes. A disk that takes nothing is tried again next time. */
    void begin(List<String> all) {
        close();
        Path next = path(generation + 1);
        try {
            FileChannel begun = FileChannel.open(
                    next,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            file = begun;
            write(begun, List.of(process.line(0, 0)));
            write(begun, all);
            generation++;
            Files.deleteIfExists(path(generation - 2));
            complained = false;
        } catch (IOException | UnsupportedOperationException failed) {
            complain(failed);
            close();
        }
    }

    private Path path(int number) {
        return directory.resolve(String.format("%s.%06d%s", process.id(), number, SUFFIX));
    }

    private static void write(FileChannel to, List<String> lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            int unused = to.write(bytes);
        }
    }

    private void complain(Exception failed) {
        if (!complained) {
            complained = true;
            LOG.warn(
                    "the flight recorder cannot write to {}: {}; it goes on in memory, and tries again",
                    directory,
                    failed.toString());
        }
    }

    void close() {
        FileChannel open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failed) {
                complain(failed);
            }
        }
    }

    /** Adds what other processes have written of the transaction. */
    void readFormer(String transaction, FlightExport export) throws IOException {
        read(directory, transaction, Optional.of(process.id()), export);
    }

    /** Adds what is written of the transaction in {@code directory}, but for what {@code except} wrote. */
    static void read(Path directory, String transaction, Optional<String> except, FlightExport export)
            throws IOException {
        for (Map.Entry<String, List<Path>> one : byProcess(directory).entrySet()) {
            if (except.isPresent() && except.get().equals(one.getKey())) {
                continue;
            }
            Optional<String> first = Optional.empty();
            List<String> lines = new ArrayList<>();
            Set<String> known = new HashSet<>();
            for (Path path : one.getValue()) {
                List<String> read = linesOf(path, transaction);
                first = first.or(() -> read.stream().findFirst());
                read.stream().skip(1).filter(known::add).forEach(lines::add);
            }
            if (first.isPresent() && !lines.isEmpty()) {
                export.add(first.get(), lines);
            }
        }
    }

    /** The process's line, and the transaction's. A last line without its end was being written at a kill. */
    private static List<String> linesOf(Path path, String transaction) throws IOException {
        List<String> found = new ArrayList<>();
        String wanted = "\"transaction\":\"" + transaction + "\"";
        try (BufferedReader reader = new BufferedReader(Channels.newReader(
                Files.newByteChannel(path),
                StandardCharsets.US_ASCII
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE),
                -1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.endsWith("}") && line.contains(found.isEmpty() ? "\"process\":" : wanted)) {
                    found.add(line);
                }
            }
        }
        return found;
    }
}
