package dev.assent.shop.readme;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The rows of a table whose first column names keys and whose second their defaults, each in its order; a dash: none. */
record KeyTable(Map<String, String> defaults) {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+) \\| ([^|]+) \\|");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final String NONE = "-";

    /** Of the part of {@code page} under {@code heading}. */
    static KeyTable under(String heading, String page) {
        String part =
                page.split("(?m)^## " + Pattern.quote(heading) + "$", -1)[1].split("(?m)^## ", -1)[0];
        Map<String, String> defaults = new LinkedHashMap<>();
        for (MatchResult row : ROW.matcher(part).results().toList()) {
            List<String> keys = words(row.group(1));
            List<String> values = words(row.group(2));
            for (int i = 0; i < keys.size(); i++) {
                String value = row.group(2).equals(NONE) ? NONE : values.size() == 1 ? values.get(0) : values.get(i);
                if (defaults.put(keys.get(i), value) != null) {
                    throw new IllegalArgumentException(heading + " names " + keys.get(i) + " twice");
                }
            }
        }
        return new KeyTable(defaults);
    }

    private static List<String> words(String cell) {
        List<String> words = new ArrayList<>();
        CODE.matcher(cell).results().forEach(word -> words.add(word.group(1)));
        return words;
    }

    /** Those that have a default, as lines of a file. */
    List<String> lines() {
        return defaults.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(NONE))
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }
}
