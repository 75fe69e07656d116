package dev.assent.coordination.disk;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.EpochStore;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.coordination.spi.TxnLog;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Everything one member keeps on disk, locked against a second server: {@code dataDir} holds epochs and snapshots,
 * {@code dataLogDir} the transaction log, as in ZooKeeper's configuration; they may be the same directory.
 */
public final class DataDirectory implements Closeable {
    /** Our files live in a directory of this name inside both. */
    static final String SUBDIRECTORY = "assent-1";

    private final DirectoryLock dataLock;
    private final DirectoryLock logLock;
    private final FileEpochStore epochs;
    private final FileSnapshotStore snapshots;
    private final FileTxnLog log;

    private DataDirectory(
            DirectoryLock dataLock, DirectoryLock logLock, Disk disk, FileTxnLog.Limits limits, ServerId member)
            throws IOException {
        this.dataLock = dataLock;
        this.logLock = logLock;
        Path data = dataLock.directory();
        Path logs = logLock.directory();
        this.snapshots = FileSnapshotStore.open(disk, data);
        boolean logExists = FileTxnLog.exists(disk, logs);
        boolean initialised = FileEpochStore.exists(data);
        if (initialised && !logExists) {
            throw new CorruptDataException(logs + " holds no transaction log, but this member had one: is dataLogDir "
                    + "right, and its disk mounted? " + Remedy.REJOIN);
        }
        // A new member's log comes first, so that a crash between the two cannot look like a lost log.
        FileTxnLog opened = logExists ? FileTxnLog.open(disk, logs, limits) : FileTxnLog.create(disk, logs, limits);
        try {
            this.log = opened;
            this.epochs = openEpochs(disk, data, member, initialised, opened);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private FileEpochStore openEpochs(Disk disk, Path data, ServerId member, boolean initialised, TxnLog opened)
            throws IOException {
        if (initialised) {
            return FileEpochStore.open(disk, data, member);
        }
        boolean pristine = opened.last().equals(Zxid.ZERO) && snapshots.list().isEmpty();
        if (!pristine) {
            throw new CorruptDataException(data.resolve(FileEpochStore.NAME) + " is missing, but there are "
                    + "transactions or snapshots: what this member promised to other members is lost. "
                    + Remedy.REJOIN);
        }
        return FileEpochStore.create(disk, data, member);
    }

    /**
     * Locks and opens both directories, creates them for a new member, and verifies the whole log.
     *
     * @throws CorruptDataException if something there is damaged or missing
     * @throws IOException if another server uses them, or they cannot be used
     */
    public static DataDirectory open(Path dataDir, Path dataLogDir, ServerId member) throws IOException {
        return open(new LocalDisk(), dataDir, dataLogDir, FileTxnLog.Limits.DEFAULT, member);
    }

    static DataDirectory open(Disk disk, Path dataDir, Path dataLogDir, FileTxnLog.Limits limits, ServerId member)
            throws IOException {
        Path data = prepare(disk, dataDir);
        Path logs = prepare(disk, dataLogDir);
        DirectoryLock dataLock = DirectoryLock.acquire(data);
        @Nullable DirectoryLock logLock = null;
        try {
            logLock = Files.isSameFile(data, logs) ? dataLock : DirectoryLock.acquire(logs);
            return new DataDirectory(dataLock, logLock, disk, limits, member);
        } catch (IOException | RuntimeException e) {
            dataLock.close();
            if (logLock != null) {
                logLock.close();
            }
            throw e;
        }
    }

    private static Path prepare(Disk disk, Path configured) throws IOException {
        if (Files.exists(configured.resolve("version-2"))) {
            throw new IOException(configured + " holds the data of an Apache ZooKeeper server (version-2), which this "
                    + "server does not read: choose another directory, so that it is not taken for an empty one");
        }
        Path directory = configured.resolve(SUBDIRECTORY);
        if (!Files.isDirectory(directory)) {
            try {
                Files.createDirectories(configured);
                Files.createDirectory(directory, LocalDisk.ownerOnly("rwx------"));
            } catch (FileSystemException e) {
                throw new IOException(
                        directory + " cannot be made (" + e + "): correct dataDir or dataLogDir, or let this user write"
                                + " there",
                        e);
            }
            disk.syncDirectory(configured);
        }
        return directory;
    }

    public EpochStore epochs() {
        return epochs;
    }

    public SnapshotStore snapshots() {
        return snapshots;
    }

    public TxnLog log() {
        return log;
    }

    /** To be called after every thread that uses it has ended. */
    @Override
    public void close() throws IOException {
        try {
            log.close();
        } finally {
            dataLock.close();
            logLock.close();
        }
    }
}
