package dev.assent.tx.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The name under which a resource takes part, the same in every process: 1 to 64 of {@code [A-Za-z0-9._-]}. */
public record ResourceName(String text) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public ResourceName {
        if (!ALLOWED.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a resource name has 1 to 64 characters of A-Z a-z 0-9 . _ -, not '" + text + "'");
        }
    }

    /** The first 8 bytes of the name's SHA-256: what a bqual carries. */
    public Hash hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return new Hash(ByteBuffer.wrap(digest).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A resource's name as its branches carry it. */
    public record Hash(long value) {
        @Override
        public String toString() {
            return HexFormat.of().toHexDigits(value);
        }
    }
}
