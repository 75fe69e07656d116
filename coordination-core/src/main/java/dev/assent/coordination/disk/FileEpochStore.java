package dev.assent.coordination.disk;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.EpochStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Both epochs, the member's id and the format's version in one small file, replaced by a rename.
 *
 * <p>Two files, as ZooKeeper has them, can disagree after a crash; one that is replaced atomically cannot.
 */
final class FileEpochStore implements EpochStore {
    static final String NAME = "metadata";
    static final int SIZE_BYTES = 32;
    private static final String TEMPORARY = "metadata.tmp";
    private static final long MAGIC = 0x4153_4E54_4D45_5441L; // "ASNTMETA"
    private static final int VERSION = 1;

    private final Disk disk;
    private final Path directory;
    private final ServerId member;
    private Epochs epochs;

    private FileEpochStore(Disk disk, Path directory, ServerId member, Epochs epochs) {
        this.disk = disk;
        this.directory = directory;
        this.member = member;
        this.epochs = epochs;
    }

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /** The first file of a new member. */
    static FileEpochStore create(Disk disk, Path directory, ServerId member) throws IOException {
        FileEpochStore store = new FileEpochStore(disk, directory, member, Epochs.NONE);
        store.save(Epochs.NONE);
        return store;
    }

    static FileEpochStore open(Disk disk, Path directory, ServerId member) throws IOException {
        Path path = directory.resolve(NAME);
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES + 1);
        try (Disk.File file = disk.open(path)) {
            file.read(bytes, 0);
        }
        bytes.flip();
        if (bytes.remaining() != SIZE_BYTES
                || bytes.getLong(0) != MAGIC
                || crc(bytes) != bytes.getInt(SIZE_BYTES - Integer.BYTES)) {
            throw new CorruptDataException(
                    path + " is damaged: what this member promised to other members is lost. " + Remedy.REJOIN);
        }
        if (bytes.getInt(8) != VERSION) {
            throw new CorruptDataException(path + " has format version " + bytes.getInt(8) + ", and this program reads "
                    + VERSION + ": start it with the program that wrote it");
        }
        if (bytes.getInt(12) != member.value()) {
            throw new CorruptDataException(path + " belongs to server " + bytes.getInt(12) + ", but this is server "
                    + member.value() + ": correct myid or dataDir");
        }
        Epochs epochs = new Epochs(new Epoch(bytes.getInt(16)), new Epoch(bytes.getInt(20)));
        return new FileEpochStore(disk, directory, member, epochs);
    }

    @Override
    public Epochs load() {
        return epochs;
    }

    @Override
    public void save(Epochs next) throws IOException {
        Path temporary = directory.resolve(TEMPORARY);
        try (Disk.File file = disk.create(temporary)) {
            file.write(encode(next), 0);
            file.sync();
        }
        disk.rename(temporary, directory.resolve(NAME));
        disk.syncDirectory(directory);
        epochs = next;
    }

    private ByteBuffer encode(Epochs next) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(member.value());
        bytes.putInt(next.accepted().value()).putInt(next.current().value()).putInt(0);
        return bytes.putInt(crc(bytes)).flip();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(SIZE_BYTES - Integer.BYTES));
        return (int) crc.getValue();
    }
}
