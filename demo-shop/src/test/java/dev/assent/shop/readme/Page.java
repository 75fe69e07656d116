package dev.assent.shop.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a reader takes from a page, or a part of it: files by their names, commands, other blocks, an expected line. */
public record Page(String text) {
    private static final Pattern FILE = Pattern.compile("(?ms)^`([^`\\s]+)`\n\n```\\w*\n(.*?\n)```$");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\n(.*?\n)```$");
    private static final Pattern LAST_LINE = Pattern.compile("last line is `([^`]+)`");

    /**
     * The page with other addresses.
     *
     * @param addresses as the page writes them, and what is there in their place
     */
    public static Page of(Path page, Map<String, String> addresses) throws IOException {
        String text = Files.readString(page);
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            text = text.replace(address.getKey(), address.getValue());
        }
        return new Page(text);
    }

    /** From that line on, to the next heading. */
    public Page from(String line) {
        int begin = text.indexOf(line);
        int end = begin < 0 ? begin : text.indexOf("\n## ", begin + line.length());
        if (begin < 0) {
            throw new IllegalArgumentException("the page has no line '" + line + "'");
        }
        return new Page(text.substring(begin, end < 0 ? text.length() : end));
    }

    /** Files by their paths. */
    public Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        Matcher matcher = FILE.matcher(text);
        while (matcher.find()) {
            files.put(matcher.group(1), matcher.group(2));
        }
        return files;
    }

    public List<String> blocks() {
        return BLOCK.matcher(text).results().map(Page::content).toList();
    }

    private static String content(MatchResult result) {
        return result.group(1);
    }

    /** The lines of its commands that begin so, in their order. */
    public List<String> commands(String begin) {
        return blocks().stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(begin))
                .toList();
    }

    /** The first of them. */
    public String command(String begin) {
        return commands(begin).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no command begins with '" + begin + "'"));
    }

    /** What it says that the program ends with. */
    String lastLine() {
        Matcher matcher = LAST_LINE.matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException("nothing is said of the last line");
        }
        return matcher.group(1);
    }
}
