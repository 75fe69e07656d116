package dev.assent.coordination.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One server per directory; the operating system releases it when the process dies. Closing twice is allowed.
 *
 * <p>The operating system's lock belongs to the whole process, and goes as soon as any descriptor of its file is closed:
 * a second server in the process must not even open the file. So who holds what here is known for the whole process, too.
 */
final class DirectoryLock implements Closeable {
    private static final String NAME = "lock";
    /** Of this process. The one thing that has to be shared by all servers in it: see above. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Path held;
    private final FileChannel channel;

    private DirectoryLock(Path directory, Path held, FileChannel channel) {
        this.directory = directory;
        this.held = held;
        this.channel = channel;
    }

    static DirectoryLock acquire(Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            throw new IOException(path + " is locked: another server uses this directory, one of this same process. If "
                    + "that one was closed, its disk has not answered yet and it may still write: try again once the "
                    + "disk answers, or give this one a dataDir and dataLogDir of its own");
        }
        try {
            return new DirectoryLock(directory, real, locked(path));
        } catch (IOException | RuntimeException e) {
            HELD.remove(real);
            throw e;
        }
    }

    private static FileChannel locked(Path path) throws IOException {
        FileChannel channel = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), LocalDisk.ownerOnly("rw-------"));
        if (channel.tryLock() == null) {
            channel.close();
            throw new IOException(path + " is locked: another server uses this directory. Stop it, or give this one "
                    + "a dataDir and dataLogDir of its own");
        }
        return channel;
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            try {
                channel.close();
            } finally {
                HELD.remove(held);
            }
        }
    }
}
