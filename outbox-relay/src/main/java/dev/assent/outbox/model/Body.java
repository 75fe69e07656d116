package dev.assent.outbox.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The immutable bytes of a message; what they mean is said by the content type. */
public final class Body {
    private final byte[] bytes;

    private Body(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies {@code bytes}, so that the caller may go on using its array. */
    public static Body copyOf(byte[] bytes) {
        return new Body(bytes.clone());
    }

    public static Body utf8(String text) {
        return new Body(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Length in bytes. */
    public int size() {
        return bytes.length;
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    public String toUtf8() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Body body && Arrays.equals(bytes, body.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
