package dev.assent.coordination.bytes;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Utf8;
import dev.assent.coordination.model.ZnodePath;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ByteSink} wrote, and allocates for bytes that are there only, never for claimed ones. */
public final class ByteSource {
    private final byte[] bytes;
    private final int end;
    private int at;

    public ByteSource(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ByteSource(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    public boolean atEnd() {
        return at == end;
    }

    public void end() throws CorruptEncoding {
        if (!atEnd()) {
            throw corrupt((end - at) + " bytes too many");
        }
    }

    public int int8() throws CorruptEncoding {
        need(1);
        return bytes[at++];
    }

    public long int64() throws CorruptEncoding {
        need(Long.BYTES);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[at++] & 0xff);
        }
        return value;
    }

    public long varint() throws CorruptEncoding {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = (byte) int8();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw corrupt("a number of more than ten bytes");
    }

    public int signed() throws CorruptEncoding {
        long zigzag = varint();
        if (zigzag >>> 32 != 0) {
            throw corrupt("a number of more than 32 bits");
        }
        return (int) (zigzag >>> 1) ^ -(int) (zigzag & 1);
    }

    /** A number of items of which each takes at least {@code itemBytesMin}. */
    public int count(int itemBytesMin) throws CorruptEncoding {
        long count = varint();
        if (count < 0 || count > (end - at) / itemBytesMin) {
            throw corrupt(count + " items in " + (end - at) + " bytes");
        }
        return (int) count;
    }

    /** A number of items and one more, each item of at least {@code itemBytesMin}; 0 stands for no number at all. */
    public int countAndOne(int itemBytesMin) throws CorruptEncoding {
        long countAndOne = varint();
        if (countAndOne < 0 || countAndOne - 1 > (end - at) / itemBytesMin) {
            throw corrupt((countAndOne - 1) + " items in " + (end - at) + " bytes");
        }
        return (int) countAndOne;
    }

    /** What {@link ByteSink#startPart} and {@link ByteSink#endPart} enclose; this one goes on behind it. */
    public ByteSource part() throws CorruptEncoding {
        need(Integer.BYTES);
        int length = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            length = length << 8 | (bytes[at + i] & 0xff);
        }
        at += Integer.BYTES;
        if (length < 0 || length > end - at) {
            throw corrupt("a part of " + length + " bytes in " + (end - at));
        }
        ByteSource part = new ByteSource(bytes, at, at + length);
        at += length;
        return part;
    }

    public String text() throws CorruptEncoding {
        int length = count(1);
        try {
            String text = Utf8.decode(bytes, at, length);
            at += length;
            return text;
        } catch (CharacterCodingException invalid) {
            throw corrupt("not UTF-8");
        }
    }

    public ZnodePath path() throws CorruptEncoding {
        String path = text();
        String problem = ZnodePath.problemWith(path);
        if (problem != null) {
            throw corrupt(problem);
        }
        return new ZnodePath(path);
    }

    public byte @Nullable [] data() throws CorruptEncoding {
        long lengthAndOne = varint();
        if (lengthAndOne == 0) {
            return null;
        }
        if (lengthAndOne < 0 || lengthAndOne - 1 > end - at) {
            throw corrupt("data of " + (lengthAndOne - 1) + " bytes in " + (end - at));
        }
        return raw((int) (lengthAndOne - 1));
    }

    public byte[] raw(int length) throws CorruptEncoding {
        need(length);
        byte[] raw = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return raw;
    }

    public Acl acl() throws CorruptEncoding {
        int count = count(3);
        if (count == 0) {
            return Acl.OPEN;
        }
        if (count > Acl.ENTRIES_MAX) {
            throw corrupt("an ACL of " + count + " entries");
        }
        List<Acl.Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Acl.Entry(signed(), new Identity(text(), text())));
        }
        return new Acl(entries).shared();
    }

    private void need(int more) throws CorruptEncoding {
        if (end - at < more) {
            throw corrupt("cut off");
        }
    }

    public CorruptEncoding corrupt(String what) {
        return new CorruptEncoding(what + " at byte " + at);
    }
}
