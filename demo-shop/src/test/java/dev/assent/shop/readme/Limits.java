package dev.assent.shop.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What bounds something in the sources of a module, and whether a row of the page on limits names it. */
final class Limits {
    private static final Pattern CONSTANT = Pattern.compile("static final [\\w.]+ ([A-Z][A-Z0-9_]*_MAX) =");
    private static final Pattern RECORD =
            Pattern.compile("record (\\w*(?:Limits|Timing|Policy|Settings|Config|Shares|Connections))\\(([^)]*)\\)");
    private static final Pattern COMPONENT = Pattern.compile("\\b(\\w+Max)\\b");
    private static final Pattern SETTING =
            Pattern.compile("settings\\s*\\.(?:number|size|duration)\\(\\s*\"([\\w.]+)\"");

    /** Named like limits, which bound nothing that anybody could run into. */
    private static final Map<String, String> OF_NO_CONCERN = Map.of(
            "Backoff.DOUBLINGS_MAX", "keeps a shift within a long; pauses have bounds of their own",
            "Zxid.COUNTER_MAX", "the format's; ZabConfig.Limits.counterMax comes before it",
            "OutgoingReplies.GATHERED_BYTES_MAX", "how replies are put together, not how many there are",
            "Link.COPIED_BYTES_MAX", "how messages are put together, not how many there are",
            "SessionIds.COUNTED_MAX", "ids of one epoch begin anew; no epoch has as many transactions",
            "TxnSize.CHARACTER_BYTES_MAX", "of UTF-8",
            "Refusals.DEPTH_MAX", "causes of an error that are looked through",
            "ProducerCosts.DOUBTFUL_MAX", "told as what a topic can cost",
            "clientPort", "a number, and no limit");

    private final List<String> rows;

    /** @param page its text */
    Limits(String page) {
        this.rows = page.lines().filter(line -> line.startsWith("| ")).toList();
    }

    /** Rows that do not say what happens; a dash says that nothing does. */
    List<String> silentRows() {
        return rows.stream()
                .filter(row -> row.matches(".*\\|\\s*\\|\\s*") || row.split(" \\| ", -1).length != 4)
                .toList();
    }

    /** What is declared in {@code sources}, or read from a configuration there, and stands in no row. */
    List<String> missing(Stream<Path> sources) {
        List<String> missing = new ArrayList<>();
        sources.forEach(file -> missing.addAll(missing(className(file), read(file))));
        return missing;
    }

    /** As the other, of one class. */
    List<String> missing(String className, String source) {
        List<String> missing = new ArrayList<>();
        found(CONSTANT, source)
                .filter(name -> !isOfNoConcern(className + "." + name) && !isInOneRow(name, className))
                .forEach(name -> missing.add(className + "." + name));
        for (Matcher record = RECORD.matcher(source); record.find(); ) {
            String type = record.group(1);
            found(COMPONENT, record.group(2))
                    .filter(name -> !isInOneRow(name))
                    .forEach(name -> missing.add(type + "." + name));
        }
        found(SETTING, source)
                .filter(key -> !isOfNoConcern(key) && rows.stream().noneMatch(row -> row.contains("`" + key + "`")))
                .forEach(missing::add);
        return missing;
    }

    private static boolean isOfNoConcern(String name) {
        return OF_NO_CONCERN.containsKey(name);
    }

    private boolean isInOneRow(String... words) {
        return rows.stream().anyMatch(row -> Stream.of(words)
                .allMatch(word -> Pattern.compile("(?<![\\w])" + Pattern.quote(word) + "(?![\\w])")
                        .matcher(row)
                        .find()));
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(result -> result.group(1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
