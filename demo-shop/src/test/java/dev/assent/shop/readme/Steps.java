package dev.assent.shop.readme;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a page tells its reader to do, in order. */
record Steps(List<Step> all) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?\n)```$");
    private static final Pattern FILE = Pattern.compile("(?m)^`([^`\\s]+)`$");
    private static final Pattern CODE = Pattern.compile("\\bends? with code (\\d+)");
    private static final Pattern LAST_LINE = Pattern.compile("last\\s+line is `([^`]+)`");

    /** A thing to do. */
    sealed interface Step permits File, Commands {}

    /** To write a file. */
    record File(String path, String content) implements Step {}

    /**
     * To give commands.
     *
     * @param goOn they are left running
     * @param stopFirst what was left running last is to be stopped before
     */
    record Commands(List<String> lines, int exitCode, Optional<String> lastLine, boolean goOn, boolean stopFirst)
            implements Step {}

    static Steps of(String page) {
        List<Step> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(page);
        int told = 0;
        while (block.find()) {
            steps.add(step(page.substring(told, block.start()).strip(), block.group(1), block.group(2)));
            told = block.end();
        }
        return new Steps(List.copyOf(steps));
    }

    private static Step step(String words, String language, String content) {
        String last = words.lines().reduce("", (earlier, later) -> later);
        Matcher file = FILE.matcher(last);
        if (file.matches()) {
            return new File(file.group(1), content);
        }
        if (!language.isEmpty()) {
            throw new IllegalArgumentException("a block of " + language + " without a file's name: " + last);
        }
        Matcher code = CODE.matcher(words);
        Matcher line = LAST_LINE.matcher(words);
        return new Commands(
                content.lines().toList(),
                code.find() ? Integer.parseInt(code.group(1)) : 0,
                line.find() ? Optional.of(line.group(1)) : Optional.empty(),
                words.contains("eave it running"),
                words.contains("Ctrl-C"));
    }
}
