package dev.assent.tx.model;

/** The one decision of a transaction. */
public enum Verdict {
    COMMIT('C'),
    ABORT('A');

    private final char code;

    Verdict(char code) {
        this.code = code;
    }

    /** The letter in the decision record. */
    public char code() {
        return code;
    }

    /** The verdict with that letter; an {@link IllegalArgumentException} for any other. */
    public static Verdict of(char code) {
        for (Verdict verdict : values()) {
            if (verdict.code == code) {
                return verdict;
            }
        }
        throw new IllegalArgumentException("unknown verdict '" + code + "'");
    }
}
