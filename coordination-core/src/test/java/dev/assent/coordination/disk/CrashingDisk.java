package dev.assent.coordination.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A disk that loses power before its n-th change. What was not synced by then survives in part: of unsynced content
 * any set of sectors, of unsynced renames and deletions any number of the first.
 */
final class CrashingDisk implements Disk {
    private static final int SECTOR_BYTES = 512;

    private final LocalDisk real = new LocalDisk();
    private final SplittableRandom random;
    private final List<Content> unsyncedContent = new ArrayList<>();
    private final List<Name> unsyncedNames = new ArrayList<>();
    private int changesLeft;

    CrashingDisk(SplittableRandom random, int changesUntilCrash) {
        this.random = random;
        this.changesLeft = changesUntilCrash;
    }

    static final class PowerCut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private interface Undo {
        void run() throws IOException;
    }

    /** A change of a directory. */
    private record Name(Path directory, Undo undo) {}

    /** Sectors as they were before they were overwritten or cut off. */
    private record Content(
            Object file, FileChannel channel, long position, ByteBuffer before, long sizeBefore, boolean cutOff) {}

    boolean crashed() {
        return changesLeft < 0;
    }

    /** Leaves on the real disk what a power cut would. */
    void losePower() throws IOException {
        int kept = unsyncedNames.isEmpty() ? 0 : random.nextInt(unsyncedNames.size() + 1);
        for (int i = unsyncedNames.size() - 1; i >= kept; i--) {
            unsyncedNames.get(i).undo().run();
        }
        for (int i = unsyncedContent.size() - 1; i >= 0; i--) {
            revert(unsyncedContent.get(i));
        }
        for (Content content : unsyncedContent) {
            content.channel().close();
        }
    }

    /** Cutting off is one change of the file system's own books: it survives as a whole or not at all. */
    private void revert(Content content) throws IOException {
        if (!content.cutOff()) {
            revertSectors(content);
        } else if (random.nextBoolean()) {
            content.channel().write(content.before(), content.position());
        }
    }

    private void revertSectors(Content content) throws IOException {
        for (int at = 0; at < content.before().limit(); ) {
            int length = (int) Math.min(
                    SECTOR_BYTES - (content.position() + at) % SECTOR_BYTES,
                    content.before().limit() - at);
            if (random.nextBoolean()) {
                content.channel().write(content.before().slice(at, length), content.position() + at);
            }
            at += length;
        }
        if (content.sizeBefore() < content.channel().size() && random.nextBoolean()) {
            content.channel().truncate(content.sizeBefore());
        }
    }

    private void change() throws IOException {
        if (changesLeft-- <= 0) {
            changesLeft = -1;
            throw new PowerCut();
        }
    }

    @Override
    public File open(Path path) throws IOException {
        return new TrackedFile(path, real.open(path));
    }

    @Override
    public File create(Path path) throws IOException {
        change();
        return new TrackedFile(path, real.create(path));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change();
        Optional<Path> grave = bury(to);
        real.rename(from, to);
        unsyncedNames.add(new Name(directory(to), () -> {
            real.rename(to, from);
            exhume(grave, to);
        }));
    }

    @Override
    public void delete(Path path) throws IOException {
        change();
        Optional<Path> grave = bury(path);
        unsyncedNames.add(new Name(directory(path), () -> exhume(grave, path)));
    }

    private static Path directory(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    /** Moves a file out of sight, if it is there. */
    private Optional<Path> bury(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        Path grave = path.resolveSibling("grave-" + Long.toHexString(random.nextLong()));
        real.rename(path, grave);
        return Optional.of(grave);
    }

    private void exhume(Optional<Path> grave, Path path) throws IOException {
        if (grave.isPresent()) {
            real.rename(grave.get(), path);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        change();
        unsyncedNames.removeIf(name -> name.directory().equals(directory));
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        List<Path> all = new ArrayList<>(real.list(directory));
        all.removeIf(path -> path.getFileName().toString().startsWith("grave-"));
        return all;
    }

    private final class TrackedFile implements File {
        private final File file;
        private final Path path;
        private final Object key;

        TrackedFile(Path path, File file) throws IOException {
            this.path = path;
            this.file = file;
            this.key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            change();
            remember(position, source.remaining(), false);
            file.write(source, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            change();
            remember(size, (int) Math.max(0, file.size() - size), true);
            file.truncate(size);
        }

        private void remember(long position, int length, boolean cutOff) throws IOException {
            ByteBuffer before = ByteBuffer.allocate(length);
            file.read(before, position);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            unsyncedContent.add(new Content(key, channel, position, before.clear(), file.size(), cutOff));
        }

        @Override
        public void sync() throws IOException {
            change();
            for (Content content : List.copyOf(unsyncedContent)) {
                if (content.file().equals(key)) {
                    content.channel().close();
                    unsyncedContent.remove(content);
                }
            }
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
