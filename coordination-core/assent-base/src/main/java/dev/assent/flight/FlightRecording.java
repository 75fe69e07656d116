package dev.assent.flight;

import dev.assent.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What such a file says.
 *
 * @param transaction the gtrid in hexadecimal
 * @param sections one a process, the earliest first
 */
public record FlightRecording(String transaction, List<Section> sections) {
    /** A file of one transaction is far smaller. */
    static final long BYTES_MAX = 64L << 20;

    public FlightRecording {
        sections = List.copyOf(sections);
    }

    /**
     * What one process recorded.
     *
     * @param line the process's own
     * @param lines its events, as they stand in the file
     * @param process the process's line, read
     * @param events its events, read
     */
    public record Section(
            String line, List<String> lines, Map<String, Object> process, List<Map<String, Object>> events) {}

    /**
     * Reads a file.
     *
     * @throws IOException it cannot be read
     * @throws IllegalArgumentException it is no such file, a newer one, or not whole; the message says which and what to do
     */
    public static FlightRecording read(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IllegalArgumentException(
                    file + " is no export of a transaction: it is larger than " + BYTES_MAX + " bytes");
        }
        return of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
    }

    /**
     * Reads a file's text.
     *
     * @param name of the file, for messages
     * @throws IllegalArgumentException as {@link #read}
     */
    public static FlightRecording of(String text, String name) {
        List<String> lines = text.lines().toList();
        Map<String, Object> first = lines.isEmpty() ? Map.of() : first(lines.get(0));
        if (!(first.get("assentFlight") instanceof Long version) || !(first.get("transaction") instanceof String id)) {
            throw new IllegalArgumentException(
                    name + " is no export of a transaction; make one with ./assent tx export");
        }
        if (version != FlightExport.VERSION) {
            throw new IllegalArgumentException(name + " is of version " + version + ", and this Assent reads version "
                    + FlightExport.VERSION + "; replay it with the Assent that wrote it");
        }
        requireWhole(lines, name);
        return new FlightRecording(id, sections(lines, name));
    }

    /** An event's line, from its fields. */
    public static String line(Map<String, Object> event) {
        return FlightText.of(event);
    }

    /**
     * An event's fields, from its line.
     *
     * @throws IllegalArgumentException it is no JSON object
     */
    public static Map<String, Object> event(String line) {
        return JsonReader.object(line);
    }

    private static Map<String, Object> first(String line) {
        try {
            return JsonReader.object(line);
        } catch (IllegalArgumentException foreign) {
            return Map.of();
        }
    }

    private static Map<String, Object> line(List<String> lines, int index, String name) {
        try {
            return JsonReader.object(lines.get(index));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    name + ", line " + (index + 1) + ": " + wrong.getMessage() + "; export the transaction again",
                    wrong);
        }
    }

    private static void requireWhole(List<String> lines, String name) {
        Map<String, Object> seal = line(lines, lines.size() - 1, name);
        if (!(seal.get("sha256") instanceof String digest) || !(seal.get("lines") instanceof Long count)) {
            throw new IllegalArgumentException(
                    name + " is cut off: its last line is missing; export the transaction again");
        }
        List<String> sealed = lines.subList(0, lines.size() - 1);
        if (count != sealed.size()
                || !FlightExport.digest(String.join("\n", sealed) + "\n").equals(digest)) {
            throw new IllegalArgumentException(name + " was changed after it was written: it has " + sealed.size()
                    + " lines, and not the " + count + " that its last line speaks for; export the transaction again");
        }
    }

    private static List<Section> sections(List<String> lines, String name) {
        List<Section> sections = new ArrayList<>();
        for (int index = 1; index < lines.size() - 1; index++) {
            Map<String, Object> read = line(lines, index, name);
            if (read.containsKey("process")) {
                sections.add(new Section(lines.get(index), new ArrayList<>(), read, new ArrayList<>()));
            } else if (sections.isEmpty() || !(read.get("event") instanceof String)) {
                throw new IllegalArgumentException(
                        name + ", line " + (index + 1) + ": an event of a process was expected; export again");
            } else {
                Section last = sections.get(sections.size() - 1);
                last.lines().add(lines.get(index));
                last.events().add(read);
            }
        }
        return sections;
    }
}
