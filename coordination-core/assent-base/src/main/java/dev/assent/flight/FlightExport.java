package dev.assent.flight;

import dev.assent.command.Version;
import dev.assent.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The one file about one transaction: a line that says what it is, for each process a line and what it recorded, and a line
 * that seals it. Not thread-safe.
 */
public final class FlightExport {
    /** Of the format. A reader refuses a higher one. */
    public static final long VERSION = 1;

    private final String transaction;
    /** By the process's id. */
    private final Map<String, List<String>> processes = new TreeMap<>();

    private FlightExport(String transaction) {
        this.transaction = transaction;
    }

    /** One that nobody has added to. */
    public static FlightExport of(String transaction) {
        return new FlightExport(transaction);
    }

    /**
     * Adds what a recorder's directory holds of it, whether its process lives or not.
     *
     * @throws IOException it cannot be read
     */
    public void addAll(Path directory) throws IOException {
        FlightFiles.read(directory, transaction, Optional.empty(), this);
    }

    /** Adds what one process recorded, beginning with its own line. A process that is there is not added again. */
    void add(String process, List<String> lines) {
        List<String> all = new ArrayList<>(lines);
        all.add(0, process);
        processes.putIfAbsent(String.valueOf(JsonReader.object(process).get("process")), all);
    }

    /** Adds what others recorded of the same transaction: what another file says. */
    public void addAll(FlightRecording other) {
        other.sections().forEach(section -> add(section.line(), section.lines()));
    }

    /** Whether nobody has recorded anything. */
    public boolean isEmpty() {
        return processes.isEmpty();
    }

    /** The file. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add("{\"assentFlight\":" + VERSION + ",\"transaction\":\"" + transaction + "\",\"writtenBy\":\""
                + Version.TEXT + "\"}");
        processes.values().forEach(lines::addAll);
        return sealed(lines);
    }

    /** The lines, and one that seals them. */
    static String sealed(List<String> lines) {
        String all = String.join("\n", lines) + "\n";
        return all + "{\"lines\":" + lines.size() + ",\"sha256\":\"" + digest(all) + "\"}\n";
    }

    static String digest(String text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
