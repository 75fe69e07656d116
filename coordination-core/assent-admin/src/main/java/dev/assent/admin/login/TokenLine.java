package dev.assent.admin.login;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is known of a token: {@code name role sha256}.
 *
 * @param name 1 to 100 letters, digits, dots, underscores, dashes and @; it stands in the audit log
 * @param sha256 in lower-case hexadecimal
 */
public record TokenLine(String name, AdminRole role, String sha256) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,100}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException the name or the digest is none */
    public TokenLine {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a token's name is 1 to 100 letters, digits, and . _ @ -");
        }
        if (!DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException("a token's digest is 64 lower-case hexadecimal digits");
        }
    }

    /** Empty if {@code line} is no such line. */
    static Optional<TokenLine> parse(String line) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length != 3
                || !NAME.matcher(words[0]).matches()
                || !DIGEST.matcher(words[2]).matches()) {
            return Optional.empty();
        }
        return AdminRole.of(words[1]).map(role -> new TokenLine(words[0], role, words[2]));
    }

    /** As it stands in the file. */
    public String text() {
        return name + " " + role.word() + " " + sha256;
    }
}
