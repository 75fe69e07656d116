package dev.assent.rm.spring;

import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The keys of {@link AssentProperties}, and which of them somebody meant who wrote another one. */
final class SettingNames {
    /** Of its characters, one in so many may be wrong for a key to be taken for another one. */
    private static final int CHARACTERS_PER_SLIP = 4;

    private SettingNames() {}

    static SortedSet<String> all() {
        SortedSet<String> names = new TreeSet<>();
        collect(AssentProperties.PREFIX, AssentProperties.class, names);
        return names;
    }

    private static void collect(String prefix, Class<?> type, SortedSet<String> names) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + kebab(component.getName());
            if (component.getType().isRecord()) {
                collect(name, component.getType(), names);
            } else {
                names.add(name);
            }
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The key that {@code written} is most likely a slip of: spelt alike, or in another section. */
    static Optional<String> nearest(String written) {
        String key = written.replaceAll("\\[.*", "");
        return all().stream()
                .filter(name -> lastPart(name).equals(lastPart(key))
                        || distance(key, name) <= name.length() / CHARACTERS_PER_SLIP)
                .min(Comparator.comparingInt(name -> distance(key, name)));
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Insertions, deletions and replacements that make one of the other: Levenshtein's distance. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int at = 0; at <= other.length(); at++) {
            row[at] = at;
        }
        for (int line = 1; line <= one.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int at = 1; at <= other.length(); at++) {
                int replaced = diagonal + (one.charAt(line - 1) == other.charAt(at - 1) ? 0 : 1);
                diagonal = row[at];
                row[at] = Math.min(replaced, 1 + Math.min(row[at], row[at - 1]));
            }
        }
        return row[other.length()];
    }
}
