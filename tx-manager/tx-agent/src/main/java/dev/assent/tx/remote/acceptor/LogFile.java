package dev.assent.tx.remote.acceptor;

import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.spi.AcceptorLog.Entry;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of an acceptor's log: a header with the acceptor's id, then frames. A frame is what was synced at once: mark
 * 4, length 4, CRC-32C of both the length and the entries 4, entries.
 *
 * <p>The last frame may be cut short by a crash: nothing was said that rests on it, so it is dropped. A damaged frame
 * with a whole one behind it was durable once: then nothing is believed any more, as an acceptor that has lost a promise
 * must not go on under its name. One thread at a time.
 */
final class LogFile implements AutoCloseable {
    private static final long MAGIC = 0x4153_4E54_4143_4331L; // ASNTACC1
    private static final int HEADER_BYTES = 28;
    private static final int MARK = 0xF2A3E5C7;
    private static final int FRAME_HEADER_BYTES = 12;

    private final Path path;
    private final FileChannel channel;
    private final AcceptorId id;
    private final List<Entry> read;
    private long size;

    private LogFile(Path path, FileChannel channel, AcceptorId id, List<Entry> read, long size) {
        this.path = path;
        this.channel = channel;
        this.id = id;
        this.read = read;
        this.size = size;
    }

    /** A file with these entries takes the place of whatever is at {@code path}, all at once. */
    static LogFile create(Path path, AcceptorId id, List<Entry> entries) throws IOException {
        Path made = path.resolveSibling(path.getFileName() + ".new");
        FileChannel channel = FileChannel.open(
                made, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            LogFile file = new LogFile(path, channel, id, List.of(), 0);
            file.write(header(id));
            if (!entries.isEmpty()) {
                file.write(frame(entries));
            }
            channel.force(true);
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(path);
            return file;
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    private static void syncDirectory(Path path) throws IOException {
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /**
     * Opens what is there.
     *
     * @throws IOException it cannot be read, or what was durable is damaged; the message names the remedy
     */
    static LogFile open(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        AcceptorId id = id(path, bytes);
        List<Entry> entries = new ArrayList<>();
        int end = HEADER_BYTES;
        for (int length = frameAt(bytes, end); length >= 0; length = frameAt(bytes, end)) {
            read(path, bytes, end, length, entries);
            end += FRAME_HEADER_BYTES + length;
        }
        for (int later = end + 1; later + FRAME_HEADER_BYTES <= bytes.length; later++) {
            if (frameAt(bytes, later) >= 0) {
                throw damaged(path, "the frame at byte " + end + " is damaged, and others follow it");
            }
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        channel.truncate(end);
        channel.force(true);
        channel.position(end);
        return new LogFile(path, channel, id, List.copyOf(entries), end);
    }

    private static IOException damaged(Path path, String how) {
        return new IOException(path + ": " + how + ". What this acceptor has promised is not known any more, so it must"
                + " not go on. Let the transactions end that are prepared in this service (the other acceptors suffice"
                + " if they are a majority), then move the directory away: the service starts as a new acceptor.");
    }

    private static byte[] header(AcceptorId id) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .putLong(MAGIC)
                .putLong(id.value().getMostSignificantBits())
                .putLong(id.value().getLeastSignificantBits());
        return header.putInt(crc(header.array(), 0, HEADER_BYTES - Integer.BYTES))
                .array();
    }

    private static AcceptorId id(Path path, byte[] bytes) throws IOException {
        if (bytes.length < HEADER_BYTES) {
            throw damaged(path, "it has no header");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.getLong() != MAGIC) {
            throw damaged(path, "it is no log of an acceptor");
        }
        AcceptorId id = new AcceptorId(new UUID(header.getLong(), header.getLong()));
        if (header.getInt() != crc(bytes, 0, HEADER_BYTES - Integer.BYTES)) {
            throw damaged(path, "its header is damaged");
        }
        return id;
    }

    private static byte[] frame(List<Entry> entries) {
        List<byte[]> encoded = entries.stream().map(EntryCodec::encode).toList();
        int length = encoded.stream().mapToInt(each -> each.length).sum();
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + length)
                .putInt(MARK)
                .putInt(length)
                .putInt(0);
        encoded.forEach(frame::put);
        return frame.putInt(2 * Integer.BYTES, frameCrc(frame.array(), 0, length))
                .array();
    }

    /** Over the length and the entries. */
    private static int frameCrc(byte[] bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at + Integer.BYTES, Integer.BYTES);
        crc.update(bytes, at + FRAME_HEADER_BYTES, length);
        return (int) crc.getValue();
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** How many bytes of entries the whole frame there has; negative if there is none. */
    private static int frameAt(byte[] bytes, int at) {
        if (at + FRAME_HEADER_BYTES > bytes.length) {
            return -1;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes, at, FRAME_HEADER_BYTES);
        if (header.getInt() != MARK) {
            return -1;
        }
        int length = header.getInt();
        boolean fits = length > 0 && length <= bytes.length - at - FRAME_HEADER_BYTES;
        return fits && header.getInt() == frameCrc(bytes, at, length) ? length : -1;
    }

    private static void read(Path path, byte[] bytes, int at, int length, List<Entry> into) throws IOException {
        ByteArrayInputStream frame = new ByteArrayInputStream(bytes, at + FRAME_HEADER_BYTES, length);
        DataInputStream in = new DataInputStream(frame);
        try {
            while (frame.available() > 0) {
                into.add(EntryCodec.decode(in));
            }
        } catch (IOException malformed) {
            throw damaged(path, "the frame at byte " + at + " cannot be read (" + malformed.getMessage() + ")");
        }
    }

    AcceptorId id() {
        return id;
    }

    /** What was there when it was opened. */
    List<Entry> entries() {
        return read;
    }

    long size() {
        return size;
    }

    /** Durable when it returns; after a failure it is not known whether. */
    void append(List<Entry> entries) throws IOException {
        write(frame(entries));
        channel.force(false);
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            size += channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
