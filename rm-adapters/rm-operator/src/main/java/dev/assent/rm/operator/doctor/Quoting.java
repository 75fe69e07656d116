package dev.assent.rm.operator.doctor;

/** How a text of somebody else's gets into a command without becoming one. */
public final class Quoting {
    private Quoting() {}

    /** An SQL literal, whatever {@code standard_conforming_strings} is. */
    public static String sql(String text) {
        String doubled = text.replace("'", "''");
        return text.indexOf('\\') < 0 ? "'" + doubled + "'" : "E'" + doubled.replace("\\", "\\\\") + "'";
    }

    /** A word for a POSIX shell. */
    public static String shell(String text) {
        return isPlain(text) ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || "._-+=/:,@%".indexOf(c) >= 0);
    }

    /** For a terminal: control characters, which could steer it, are spelled out. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
