package dev.assent.settings;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with and without units, within bounds. */
final class Quantities {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12}) ?([A-Za-z]{0,2})");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTES = Map.of("B", 1L, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30);

    private Quantities() {}

    static int number(SettingLine line, String text, int min, int max) throws SettingsException {
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

    static Duration duration(SettingLine line, Duration min, Duration max) throws SettingsException {
        long millis = amount(line, MILLIS, "a number with ms, s, m, h or d behind it, as 500ms or 4s");
        if (millis < min.toMillis() || millis > max.toMillis()) {
            throw line.wrong("is outside " + written(min) + ".." + written(max));
        }
        return Duration.ofMillis(millis);
    }

    static long size(SettingLine line, long min, long max) throws SettingsException {
        long bytes = amount(line, BYTES, "a number with B, KB, MB or GB behind it, as 4MB");
        if (bytes < min || bytes > max) {
            throw line.wrong("is outside " + min + "B.." + max + "B");
        }
        return bytes;
    }

    private static long amount(SettingLine line, Map<String, Long> units, String form) throws SettingsException {
        Matcher parts = FORM.matcher(line.value());
        if (!parts.matches() || !units.containsKey(parts.group(2))) {
            throw line.wrong("give " + form);
        }
        try {
            return Math.multiplyExact(Long.parseLong(parts.group(1)), units.getOrDefault(parts.group(2), 1L));
        } catch (ArithmeticException e) {
            throw line.wrong("is more than anything can be");
        }
    }

    /** In the largest unit that it is a whole number of. */
    static String written(Duration duration) {
        TreeMap<Long, String> largestLast = new TreeMap<>();
        MILLIS.forEach((unit, millis) -> largestLast.put(millis, unit));
        long millis = duration.toMillis();
        return largestLast.descendingMap().entrySet().stream()
                .filter(unit -> millis != 0 && millis % unit.getKey() == 0)
                .findFirst()
                .map(unit -> millis / unit.getKey() + unit.getValue())
                .orElse(millis + "ms");
    }
}
