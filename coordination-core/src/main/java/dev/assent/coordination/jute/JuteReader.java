package dev.assent.coordination.jute;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Utf8;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads jute's fields from a frame, and trusts none of its lengths. */
final class JuteReader {
    private final byte[] frame;
    private int at;

    JuteReader(byte[] frame) {
        this.frame = frame;
    }

    int remaining() {
        return frame.length - at;
    }

    void end() throws MalformedRequest {
        if (remaining() > 0) {
            throw malformed(remaining() + " bytes too many");
        }
    }

    boolean bool(String field) throws MalformedRequest {
        need(1, field);
        byte value = frame[at++];
        if (value != 0 && value != 1) {
            at--;
            throw malformed(field + " is neither true nor false");
        }
        return value == 1;
    }

    int int32(String field) throws MalformedRequest {
        need(Integer.BYTES, field);
        int value = (frame[at] & 0xff) << 24
                | (frame[at + 1] & 0xff) << 16
                | (frame[at + 2] & 0xff) << 8
                | (frame[at + 3] & 0xff);
        at += Integer.BYTES;
        return value;
    }

    long int64(String field) throws MalformedRequest {
        need(Long.BYTES, field);
        long high = int32(field);
        return high << 32 | (int32(field) & 0xffff_ffffL);
    }

    /** Null and empty are told apart. */
    @Nullable
    Payload buffer(String field) throws MalformedRequest {
        int length = int32(field);
        if (length == -1) {
            return null;
        }
        checkLength(length, field);
        byte[] bytes = Arrays.copyOfRange(frame, at, at + length);
        at += length;
        return Payload.wrap(bytes);
    }

    /** Nothing counts as empty. */
    Payload bufferOrEmpty(String field) throws MalformedRequest {
        Payload payload = buffer(field);
        return payload == null ? Payload.EMPTY : payload;
    }

    /** Nothing counts as empty. */
    String text(String field) throws MalformedRequest {
        int length = int32(field);
        if (length == -1) {
            return "";
        }
        checkLength(length, field);
        try {
            String text = Utf8.decode(frame, at, length);
            at += length;
            return text;
        } catch (CharacterCodingException invalid) {
            throw malformed(field + " is not UTF-8");
        }
    }

    List<String> texts(String field, int countMax) throws MalformedRequest {
        int count = count(field, countMax, Integer.BYTES);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(text(field));
        }
        return texts;
    }

    Acl acl() throws MalformedRequest {
        int count = count("acl", Acl.ENTRIES_MAX, 3 * Integer.BYTES);
        List<Acl.Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Acl.Entry(int32("acl.perms"), new Identity(text("acl.id.scheme"), text("acl.id.id"))));
        }
        return new Acl(entries).shared();
    }

    /** The number of items to come, each of at least {@code itemBytesMin}: no more than the frame can hold. */
    private int count(String field, int countMax, int itemBytesMin) throws MalformedRequest {
        int count = int32(field);
        if (count == -1) {
            return 0;
        }
        if (count < 0 || count > countMax || count > remaining() / itemBytesMin) {
            at -= Integer.BYTES;
            throw malformed(field + " claims " + count + " items, of at most "
                    + Math.min(countMax, (remaining() - Integer.BYTES) / itemBytesMin));
        }
        return count;
    }

    private void checkLength(int length, String field) throws MalformedRequest {
        if (length < 0 || length > remaining()) {
            at -= Integer.BYTES;
            throw malformed(field + " claims " + length + " bytes, of " + (remaining() - Integer.BYTES) + " remaining");
        }
    }

    private void need(int bytes, String field) throws MalformedRequest {
        if (remaining() < bytes) {
            throw malformed(field + " is cut off");
        }
    }

    void skipRest() {
        at = frame.length;
    }

    MalformedRequest malformed(String what) {
        return new MalformedRequest(what, at);
    }
}
