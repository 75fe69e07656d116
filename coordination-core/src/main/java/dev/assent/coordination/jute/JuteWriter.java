package dev.assent.coordination.jute;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Stat;
import dev.assent.coordination.model.Utf8;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes jute's fields, all of them big-endian, into an array that grows. */
public final class JuteWriter {
    private byte[] bytes;
    private int length;

    JuteWriter(int expectedBytes) {
        this.bytes = new byte[Math.max(16, expectedBytes)];
    }

    void bool(boolean value) {
        ensure(1);
        bytes[length++] = (byte) (value ? 1 : 0);
    }

    void int32(int value) {
        ensure(Integer.BYTES);
        putInt(length, value);
        length += Integer.BYTES;
    }

    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    void buffer(@Nullable Payload payload) {
        if (payload == null) {
            int32(-1);
            return;
        }
        int32(payload.size());
        append(payload.array());
    }

    void text(String text) {
        int start = length;
        int32(text.length());
        ensure(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= 0x80) {
                length = start;
                textBeyondAscii(text);
                return;
            }
            bytes[length++] = (byte) c;
        }
    }

    private void textBeyondAscii(String text) {
        byte[] encoded = Utf8.encode(text);
        int32(encoded.length);
        append(encoded);
    }

    void texts(List<String> texts) {
        int32(texts.size());
        for (String text : texts) {
            text(text);
        }
    }

    void stat(Stat stat) {
        int64(stat.created().zxid());
        int64(stat.modified().zxid());
        int64(stat.created().wallMillis());
        int64(stat.modified().wallMillis());
        int32(stat.versions().data());
        int32(stat.versions().children());
        int32(stat.versions().acl());
        int64(stat.ephemeralOwner());
        int32(stat.dataLength());
        int32(stat.numChildren());
        int64(stat.childrenChanged());
    }

    void acl(Acl acl) {
        int32(acl.entries().size());
        for (Acl.Entry entry : acl.entries()) {
            int32(entry.permissionBits());
            text(entry.identity().scheme());
            text(entry.identity().id());
        }
    }

    /** Everything written, with the first four bytes set to the length of the rest. */
    byte[] frame() {
        putInt(0, length - Integer.BYTES);
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void append(byte[] source) {
        ensure(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
    }

    private void putInt(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), 2 * length));
        }
    }
}
