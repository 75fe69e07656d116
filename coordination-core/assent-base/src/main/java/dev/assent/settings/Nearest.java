package dev.assent.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which key somebody meant who wrote another one. */
public final class Nearest {
    /** Of its characters, one in so many may be wrong for a key to be taken for another one. */
    private static final int CHARACTERS_PER_SLIP = 4;

    private Nearest() {}

    /** The one of {@code keys} that {@code written} is most likely a slip of: spelt alike, or in another section. */
    public static Optional<String> to(String written, Collection<String> keys) {
        return keys.stream()
                .filter(key -> lastPart(key).equals(lastPart(written))
                        || distance(written, key) <= key.length() / CHARACTERS_PER_SLIP)
                .min(Comparator.comparingInt((String key) -> distance(written, key))
                        .thenComparing(Comparator.naturalOrder()));
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
