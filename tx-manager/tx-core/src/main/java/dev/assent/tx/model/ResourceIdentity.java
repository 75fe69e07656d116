package dev.assent.tx.model;

/**
 * What a resource says it is, so that one name is never used for two: the same over restarts and over a failover to a
 * physical copy, and another one after a dump was restored elsewhere.
 *
 * @param text one line of 1 to 200 printable ASCII characters
 */
public record ResourceIdentity(String text) {
    private static final int CHARS_MAX = 200;

    public ResourceIdentity {
        if (text.isBlank() || text.length() > CHARS_MAX || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("a resource's identity is one line of 1 to " + CHARS_MAX
                    + " printable characters, not '" + text + "'");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
