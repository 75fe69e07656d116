package dev.assent.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The lines {@code key=value} of one file, each with its number; reading a key takes it out, so that what is left at
 * the end is what nobody knows. Lines that begin with {@code #} or {@code !} say nothing. One thread at a time.
 */
public final class Settings {
    private static final int FILE_BYTES_MAX = 1 << 20;

    private final Path file;
    private final SortedMap<String, SettingLine> byKey = new TreeMap<>();
    private final List<SettingLine> overridden = new ArrayList<>();
    private final SortedSet<String> asked = new TreeSet<>();

    private Settings(Path file) {
        this.file = file;
    }

    /**
     * Reads all lines; of several with one key the last counts.
     *
     * @param help where somebody without such a file finds what stands in it
     */
    public static Settings read(Path file, String help) throws SettingsException {
        Settings settings = new Settings(file);
        int number = 0;
        for (String raw : linesOf(file, help)) {
            number++;
            String line = raw.strip();
            if (!line.isEmpty() && line.charAt(0) != '#' && line.charAt(0) != '!') {
                settings.add(parse(file, number, line));
            }
        }
        return settings;
    }

    /**
     * Settings that somebody else has read already.
     *
     * @param source what they are, to begin messages with: "the properties of ..."
     */
    public static Settings of(String source, Map<String, String> values) {
        Settings settings = new Settings(Path.of(source));
        values.forEach((key, value) -> settings.add(new SettingLine(settings.file, 0, key, value.strip())));
        return settings;
    }

    private static List<String> linesOf(Path file, String help) throws SettingsException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new SettingsException(file + " is larger than 1 MiB: is it the right file?");
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new SettingsException(file + " does not exist: " + help, e);
        } catch (IOException e) {
            throw new SettingsException(
                    file + " cannot be read (" + e.getMessage() + "): is it a text file in UTF-8?", e);
        }
    }

    private static SettingLine parse(Path file, int number, String line) throws SettingsException {
        int equals = line.indexOf('=');
        if (equals <= 0) {
            // Not the line itself: it may hold a password.
            throw new SettingsException(file + ", line " + number + ": the line is not of the form key=value");
        }
        return new SettingLine(
                file,
                number,
                line.substring(0, equals).strip(),
                line.substring(equals + 1).strip());
    }

    private void add(SettingLine line) {
        SettingLine earlier = byKey.put(line.key(), line);
        if (earlier != null) {
            overridden.add(earlier);
        }
    }

    /** Lines without effect, because a later one has the same key. */
    public List<SettingLine> overridden() {
        return List.copyOf(overridden);
    }

    /** For keys of which nobody may mean two values. */
    public void refuseRepeated(Predicate<String> keys) throws SettingsException {
        for (SettingLine earlier : overridden) {
            SettingLine later = byKey.get(earlier.key());
            if (later != null && keys.test(later.key())) {
                throw later.wrongSecret("already given in line " + earlier.number() + "; remove one of the two");
            }
        }
    }

    public Path file() {
        return file;
    }

    /** The line of that key as it is, an empty value included. */
    public Optional<SettingLine> take(String key) {
        asked.add(key);
        return Optional.ofNullable(byKey.remove(key));
    }

    /** The same without taking it. */
    public Optional<SettingLine> line(String key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** All lines of such keys. */
    public List<SettingLine> takeAll(Predicate<String> keys) {
        List<SettingLine> taken =
                byKey.values().stream().filter(line -> keys.test(line.key())).toList();
        taken.forEach(line -> byKey.remove(line.key()));
        return taken;
    }

    /** What stands there; without a value it counts as not given. */
    private Optional<SettingLine> given(String key) {
        return take(key).filter(line -> !line.value().isEmpty());
    }

    public Optional<String> text(String key) {
        return given(key).map(SettingLine::value);
    }

    /**
     * A text that has to be there.
     *
     * @param what it is, as in "the database user"
     */
    public String required(String key, String what) throws SettingsException {
        return text(key)
                .orElseThrow(() ->
                        new SettingsException(file + ": " + key + " is missing; add a line " + key + "=..., " + what));
    }

    /** A secret in its place, or better in a file of its own, which {@code keyFile} names. */
    public Optional<String> secret(String key) throws SettingsException {
        Optional<String> inPlace = text(key);
        Optional<SettingLine> elsewhere = given(key + "File");
        if (inPlace.isPresent() || elsewhere.isEmpty()) {
            return inPlace;
        }
        try {
            return Optional.of(Files.readString(beside(elsewhere.get().value())).strip());
        } catch (IOException e) {
            throw elsewhere.get().wrong("cannot be read (" + e.getMessage() + "); name a readable file");
        }
    }

    /** A path, which may be relative to the directory of this file. */
    public Path beside(String path) {
        Path directory = file.toAbsolutePath().getParent();
        return directory == null ? Path.of(path) : directory.resolve(path);
    }

    public boolean flag(String key, boolean absent) throws SettingsException {
        return word(key, List.of("true", "false")).map(Boolean::parseBoolean).orElse(absent);
    }

    /** One of several words. */
    public Optional<String> word(String key, List<String> words) throws SettingsException {
        Optional<SettingLine> line = given(key);
        if (line.isPresent() && !words.contains(line.get().value())) {
            throw line.get().wrong("give " + String.join(" or ", words));
        }
        return line.map(SettingLine::value);
    }

    public int number(String key, int absent, int min, int max) throws SettingsException {
        Optional<SettingLine> line = given(key);
        return line.isEmpty() ? absent : line.get().number(line.get().value(), min, max);
    }

    /** A number with its unit: {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}. */
    public Duration duration(String key, Duration absent, Duration min, Duration max) throws SettingsException {
        Optional<SettingLine> line = given(key);
        return line.isEmpty() ? absent : Quantities.duration(line.get(), min, max);
    }

    /** In bytes; a number with its unit: {@code B}, {@code KB}, {@code MB} or {@code GB}, each 1,024 of the one before. */
    public long size(String key, long absentBytes, long minBytes, long maxBytes) throws SettingsException {
        Optional<SettingLine> line = given(key);
        return line.isEmpty() ? absentBytes : Quantities.size(line.get(), minBytes, maxBytes);
    }

    /** That was all: a key which nobody has asked for is a slip of the pen that would leave a default in place. */
    public void refuseOthers() throws SettingsException {
        if (!byKey.isEmpty()) {
            SettingLine unknown = byKey.values().iterator().next();
            throw new SettingsException(unknown.place() + unknown.key() + " is no key that is known"
                    + Nearest.to(unknown.key(), asked)
                            .map(name -> ": did you mean " + name + "?")
                            .orElse("; remove the line, or use one of these:")
                    + " The keys are " + String.join(", ", asked));
        }
    }
}
