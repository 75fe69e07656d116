package dev.assent.tx.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name under which a resource takes part, the same in every process: 1 to 64 of {@code [A-Za-z0-9._-]}. Made for
 * each branch, so it is checked without a regular expression and hashed once. Equal to another with the same text.
 */
public final class ResourceName {
    private static final int CHARS_MAX = 64;

    private final String text;
    private final Hash hash;

    public ResourceName(String text) {
        if (!isAllowed(text)) {
            throw new IllegalArgumentException(
                    "a resource name has 1 to 64 characters of A-Z a-z 0-9 . _ -, not '" + text + "'");
        }
        this.text = text;
        this.hash = hashOf(text);
    }

    private static boolean isAllowed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isAllowed(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= CHARS_MAX;
    }

    private static boolean isAllowed(char c) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    }

    private static Hash hashOf(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return new Hash(ByteBuffer.wrap(digest).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public String text() {
        return text;
    }

    /** The first 8 bytes of the name's SHA-256: what a bqual carries. */
    public Hash hash() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResourceName name && text.equals(name.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    /** A resource's name as its branches carry it. */
    public record Hash(long value) {
        @Override
        public String toString() {
            return HexFormat.of().toHexDigits(value);
        }
    }
}
