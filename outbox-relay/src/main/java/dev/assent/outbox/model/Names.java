package dev.assent.outbox.model;

/** The one rule for the short texts of a message: present, bounded, and storable by PostgreSQL. */
final class Names {
    private Names() {}

    static void check(String what, String value, int lengthMax) {
        if (value.isEmpty() || value.length() > lengthMax) {
            throw new IllegalArgumentException(
                    what + " has " + value.length() + " characters; it must have 1 to " + lengthMax);
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    what + " holds a NUL character, which PostgreSQL cannot store; remove it");
        }
    }
}
