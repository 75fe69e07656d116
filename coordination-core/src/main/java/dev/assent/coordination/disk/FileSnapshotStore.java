package dev.assent.coordination.disk;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.SnapshotStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as files: {@code snapshot-<zxid>-local} or {@code -received}, written under a temporary name, synced, and
 * only then renamed.
 */
final class FileSnapshotStore implements SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileSnapshotStore.class);
    private static final Pattern NAME = Pattern.compile("snapshot-([0-9a-f]{16})-(local|received)");
    private static final String TEMPORARY_PREFIX = "snapshot.tmp-";
    private static final int BUFFER_BYTES = 64 << 10;

    private final Disk disk;
    private final Path directory;
    private final AtomicLong temporaries = new AtomicLong();

    private FileSnapshotStore(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Deletes what a crash left unfinished. */
    static FileSnapshotStore open(Disk disk, Path directory) throws IOException {
        for (Path path : disk.list(directory)) {
            if (path.getFileName().toString().startsWith(TEMPORARY_PREFIX)) {
                disk.delete(path);
            }
        }
        return new FileSnapshotStore(disk, directory);
    }

    @Override
    public List<Stored> list() throws IOException {
        List<Stored> found = new ArrayList<>();
        for (Path path : disk.list(directory)) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            if (name.matches()) {
                Zxid zxid = new Zxid(Long.parseLong(name.group(1), 16));
                found.add(new Stored(zxid, name.group(2).equals("received")));
            }
        }
        found.sort(Comparator.comparing(Stored::zxid)
                .thenComparing(Stored::received)
                .reversed());
        return found;
    }

    @Override
    public boolean verify(Stored snapshot) throws IOException {
        Path path = path(snapshot);
        try (Disk.File file = disk.open(path)) {
            Optional<String> damage = SnapshotFile.damage(file, snapshot.zxid());
            damage.ifPresent(what -> LOG.error("{} is damaged ({}) and is not used", path, what));
            return damage.isEmpty();
        }
    }

    @Override
    public InputStream open(Stored snapshot) throws IOException {
        return SnapshotFile.body(disk.open(path(snapshot)));
    }

    @Override
    public void write(Zxid zxid, Body body) throws IOException {
        try (Writing writing = new Writing(new Stored(zxid, false))) {
            OutputStream out = new BufferedOutputStream(writing, BUFFER_BYTES);
            body.writeTo(out);
            out.flush();
            writing.finish();
        }
    }

    @Override
    public Reception receive(Zxid zxid) throws IOException {
        Writing writing = new Writing(new Stored(zxid, true));
        return new Reception() {
            @Override
            public void append(Payload bytes) throws IOException {
                writing.write(bytes.array(), 0, bytes.size());
            }

            @Override
            public void commit() throws IOException {
                writing.finish();
            }

            @Override
            public void close() throws IOException {
                writing.close();
            }
        };
    }

    @Override
    public Optional<Zxid> purge(int kept) throws IOException {
        List<Stored> found = list();
        if (found.size() < kept || !verify(found.get(kept - 1))) {
            return Optional.empty();
        }
        for (Stored old : found.subList(kept, found.size())) {
            disk.delete(path(old));
        }
        return Optional.of(found.get(kept - 1).zxid());
    }

    private Path path(Stored snapshot) {
        String origin = snapshot.received() ? "received" : "local";
        return directory.resolve(
                String.format("snapshot-%016x-%s", snapshot.zxid().value(), origin));
    }

    /** A snapshot under its temporary name. */
    private final class Writing extends OutputStream {
        private final Stored snapshot;
        private final Path temporary;
        private final Disk.File file;
        private final SnapshotFile content;
        private boolean finished;

        Writing(Stored snapshot) throws IOException {
            this.snapshot = snapshot;
            this.temporary = directory.resolve(TEMPORARY_PREFIX + temporaries.incrementAndGet());
            this.file = disk.create(temporary);
            this.content = new SnapshotFile(file, snapshot.zxid());
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            content.append(ByteBuffer.wrap(bytes, offset, length));
        }

        void finish() throws IOException {
            content.finish();
            file.sync();
            file.close();
            disk.rename(temporary, path(snapshot));
            disk.syncDirectory(directory);
            finished = true;
        }

        @Override
        public void close() throws IOException {
            if (!finished) {
                file.close();
                disk.delete(temporary);
            }
        }
    }
}
