package dev.assent.coordination.model;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Immutable bytes that the layer holding them does not interpret: to ZAB a transaction is a payload.
 *
 * <p>The array given to {@link #wrap} belongs to the payload from then on; nobody may write to it.
 */
public final class Payload {
    /**
     * The largest transaction, in bytes. The log and the links between members take it, so the leader must not propose
     * a larger one: no server could get past it.
     */
    public static final int TXN_BYTES_MAX = 72 << 20;

    public static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes over {@code bytes} without a copy. */
    public static Payload wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Payload(bytes);
    }

    public int size() {
        return bytes.length;
    }

    /** A read-only view. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** The bytes themselves, not a copy: for codecs, which only read them. */
    public byte[] array() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " B";
    }
}
