package dev.assent.admin.login;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The secret that a caller shows; only its digest is kept. Never printed but by {@link #secret}. */
public final class Token {
    private static final String PREFIX = "assent_";
    /** So many that guessing is hopeless at any rate, which also makes a plain digest good enough to keep. */
    private static final int BYTES = 32;

    private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");

    private final String secret;

    private Token(String secret) {
        this.secret = secret;
    }

    /** A new one. */
    public static Token fresh(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Token(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Whether it could be one of ours: what somebody made up by himself is not taken, as it could be guessed. */
    public static boolean isWellFormed(String text) {
        return FORM.matcher(text).matches();
    }

    /** For who hands it to its owner. */
    public String secret() {
        return secret;
    }

    public String sha256() {
        return sha256(secret);
    }

    /** In lower-case hexadecimal. */
    static String sha256(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "token(hidden)";
    }
}
