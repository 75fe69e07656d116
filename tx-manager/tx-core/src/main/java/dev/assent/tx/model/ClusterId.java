package dev.assent.tx.model;

import java.util.HexFormat;

/**
 * The store that decides a transaction, drawn at random once when the store is first used.
 *
 * <p>Two clusters that share a database tell their branches apart by it, so it is matched whole, never by prefix.
 */
public record ClusterId(long value) {

    /** Reads it back; an {@link IllegalArgumentException} says: {@code text} is not 16 hexadecimal digits. */
    public static ClusterId parse(String text) {
        if (text.length() != 16) {
            throw new IllegalArgumentException("a cluster id has 16 hexadecimal digits: '" + text + "'");
        }
        return new ClusterId(HexFormat.fromHexDigitsToLong(text));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
