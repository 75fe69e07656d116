package dev.assent.coordination.bytes;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes fields, small numbers in few bytes, into an array that grows. */
public final class ByteSink {
    private byte[] bytes;
    private int length;

    public ByteSink(int expectedBytes) {
        this.bytes = new byte[Math.max(16, expectedBytes)];
    }

    public int length() {
        return length;
    }

    /** As much of it as {@link #length} says was written. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public void clear() {
        length = 0;
    }

    public void int8(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    public void int64(long value) {
        ensure(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    /** Leaves room for the length of what is written from here on, which {@link #endPart} fills in. */
    public int startPart() {
        ensure(Integer.BYTES);
        int start = length;
        length += Integer.BYTES;
        return start;
    }

    /** Fills in the length of the part that {@link #startPart} began at {@code start}. */
    public void endPart(int start) {
        int partBytes = length - start - Integer.BYTES;
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[start + i] = (byte) (partBytes >>> (Integer.SIZE - Byte.SIZE * (i + 1)));
        }
    }

    /** Seven bits a byte, the low ones first; negative numbers take ten bytes. */
    public void varint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** For numbers that may be negative. */
    public void signed(int value) {
        varint(((long) value << 1 ^ value >> 31) & 0xffff_ffffL);
    }

    public void text(String text) {
        byte[] encoded = Utf8.encode(text);
        varint(encoded.length);
        append(encoded);
    }

    public void data(byte @Nullable [] data) {
        if (data == null) {
            varint(0);
            return;
        }
        varint(data.length + 1L);
        append(data);
    }

    public void raw(byte[] source) {
        append(source);
    }

    /** No entries stand for the open ACL, which is most of them; an ACL that is in force has entries. */
    public void acl(Acl acl) {
        if (acl.equals(Acl.OPEN)) {
            varint(0);
            return;
        }
        varint(acl.entries().size());
        for (Acl.Entry entry : acl.entries()) {
            signed(entry.permissionBits());
            text(entry.identity().scheme());
            text(entry.identity().id());
        }
    }

    private void append(byte[] source) {
        ensure(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), 2 * bytes.length));
        }
    }
}
