package dev.assent.coordination.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The lines {@code key=value} of one file, each with its number; reading a key takes it out. */
final class Settings {
    /** Of keys that ZooKeeper does not have. */
    static final String OWN_PREFIX = "assent.";

    private static final int FILE_BYTES_MAX = 1 << 20;

    /** One setting and where it stands. */
    record Line(Path file, int number, String key, String value) {
        ConfigException wrong(String problemAndRemedy) {
            return new ConfigException(file + ", line " + number + ": " + key + "=" + value + ": " + problemAndRemedy);
        }
    }

    private final Path file;
    private final SortedMap<String, Line> byKey = new TreeMap<>();
    private final List<Line> overridden = new ArrayList<>();

    private Settings(Path file) {
        this.file = file;
    }

    static Settings read(Path file) throws ConfigException {
        Settings settings = new Settings(file);
        int number = 0;
        for (String raw : linesOf(file)) {
            number++;
            String line = raw.strip();
            if (!line.isEmpty() && line.charAt(0) != '#' && line.charAt(0) != '!') {
                settings.add(parse(file, number, line));
            }
        }
        return settings;
    }

    private static List<String> linesOf(Path file) throws ConfigException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new ConfigException(file + " is larger than 1 MiB: is it the right file?");
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + " does not exist: give the path of a zoo.cfg file", e);
        } catch (IOException e) {
            throw new ConfigException(
                    file + " cannot be read (" + e.getMessage() + "): is it a text file in UTF-8?", e);
        }
    }

    private static Line parse(Path file, int number, String line) throws ConfigException {
        int equals = line.indexOf('=');
        if (equals <= 0) {
            throw new ConfigException(file + ", line " + number + ": '" + line + "' is not of the form key=value");
        }
        return new Line(
                file,
                number,
                line.substring(0, equals).strip(),
                line.substring(equals + 1).strip());
    }

    /** The last line of a key counts, as for ZooKeeper; yet not where it is about what only we have. */
    private void add(Line line) throws ConfigException {
        Line earlier = byKey.put(line.key(), line);
        if (earlier != null && line.key().startsWith(OWN_PREFIX)) {
            throw line.wrong("already given in line " + earlier.number() + "; remove one of the two");
        }
        if (earlier != null) {
            overridden.add(earlier);
        }
    }

    /** Lines without effect because a later one has the same key. */
    List<Line> overridden() {
        return overridden;
    }

    Path file() {
        return file;
    }

    Optional<Line> take(String key) {
        return Optional.ofNullable(byKey.remove(key));
    }

    List<Line> takeAll(Predicate<String> keys) {
        List<Line> taken = new ArrayList<>(
                byKey.values().stream().filter(line -> keys.test(line.key())).toList());
        taken.forEach(line -> byKey.remove(line.key()));
        return taken;
    }

    int takeInt(String key, int absent, int min, int max) throws ConfigException {
        Optional<Line> line = take(key);
        return line.isEmpty() ? absent : intOf(line.get(), line.get().value(), min, max);
    }

    static int intOf(Line line, String text, int min, int max) throws ConfigException {
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw line.wrong("'" + text + "' is not a whole number; give one in " + min + ".." + max);
        }
        throw line.wrong(text + " is outside " + min + ".." + max);
    }

    boolean takeBoolean(String key, boolean absent) throws ConfigException {
        Optional<Line> line = take(key);
        if (line.isEmpty()) {
            return absent;
        }
        return switch (line.get().value()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw line.get().wrong("give true or false");
        };
    }
}
