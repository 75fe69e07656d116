package dev.assent.saga.model;

/** What may be the name of something that becomes part of a path or of a key. */
final class Names {
    private Names() {}

    static void require(String what, String name, int charactersMax) {
        if (name.isEmpty() || name.length() > charactersMax || !name.chars().allMatch(Names::isAllowed)) {
            throw new IllegalArgumentException(what + " has 1 to " + charactersMax
                    + " letters, digits, dashes and underscores, not '" + name + "'");
        }
    }

    private static boolean isAllowed(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || character == '-'
                || character == '_';
    }
}
