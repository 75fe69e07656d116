package dev.assent.admin.login;

import java.util.Arrays;
import java.util.Optional;

/** What the owner of a token may do. */
public enum AdminRole {
    /** See everything. */
    READ("read"),
    /** See everything, and act. */
    OPERATE("operate");

    private final String word;

    AdminRole(String word) {
        this.word = word;
    }

    /** As it stands in files of tokens. */
    public String word() {
        return word;
    }

    /** The role of that word. */
    public static Optional<AdminRole> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word.equals(word)).findFirst();
    }
}
