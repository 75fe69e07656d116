package dev.assent.tx.remote.acceptor;

import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.spi.AcceptorLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An acceptor's log in a directory of its own. One thread writes; what comes while it syncs is synced together next.
 *
 * <p>A write or sync that fails ends the log until its process is started again: what the disk has of it is not known, and
 * a later sync that succeeds proves nothing about it. A disk that hangs holds this thread, and those who wait for their
 * own entries; they have time-outs of their own.
 */
public final class FileAcceptorLog implements AcceptorLog {
    private static final Logger LOG = LoggerFactory.getLogger(FileAcceptorLog.class);
    private static final String FILE = "acceptor.log";
    private static final String LOCK = "acceptor.lock";
    private static final long CLOSE_SECONDS = 2;

    /** Entries in one sync. */
    private static final int FRAME_ENTRIES_MAX = 1_000;

    /**
     * How much of it.
     *
     * @param waitingMax entries that wait for the disk; more are refused
     * @param compactBytes a file above that, and twice as long as it need be, is written anew
     */
    public record Limits(int waitingMax, long compactBytes) {
        public static final Limits DEFAULT = new Limits(10_000, 16 << 20);
    }

    private record Waiting(Entry entry, CompletableFuture<Void> saved) {}

    private final FileChannel lock;
    private final Limits limits;
    private final Path path;
    private final AcceptorId id;
    private final Contents contents;
    private final LiveEntries live;
    private final BlockingQueue<Waiting> waiting;
    private final Thread writer;
    /** Only the writer's. */
    private LogFile file;

    private long compactedBytes;
    private volatile @Nullable IOException broken;

    private FileAcceptorLog(FileChannel lock, Path path, LogFile file, LiveEntries live, Limits limits) {
        this.lock = lock;
        this.path = path;
        this.file = file;
        this.live = live;
        this.limits = limits;
        this.id = file.id();
        this.contents = live.contents();
        this.waiting = new LinkedBlockingQueue<>(limits.waitingMax());
        this.writer = new Thread(this::write, "assent-acceptor-log");
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Opens the log in {@code directory}, or makes one, under a new id.
     *
     * @throws IOException another process has it, it cannot be used, or it is damaged; the message names the remedy
     */
    public static FileAcceptorLog open(Path directory, Limits limits) throws IOException {
        Files.createDirectories(directory);
        FileChannel lock = lock(directory);
        try {
            Path path = directory.resolve(FILE);
            LogFile file = Files.exists(path)
                    ? LogFile.open(path)
                    : LogFile.create(path, new AcceptorId(UUID.randomUUID()), List.of());
            LiveEntries live = new LiveEntries();
            file.entries().forEach(live::add);
            return new FileAcceptorLog(lock, path, file, live, limits);
        } catch (IOException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException sameProcess) {
            channel.close();
            throw inUse(directory, sameProcess);
        }
        channel.close();
        throw inUse(directory, null);
    }

    private static IOException inUse(Path directory, @Nullable Throwable cause) {
        return new IOException(
                directory + " is another acceptor's, which runs: give each process a directory of its own", cause);
    }

    @Override
    public AcceptorId id() {
        return id;
    }

    @Override
    public Contents contents() {
        return contents;
    }

    @Override
    public CompletionStage<Void> save(Entry entry) {
        IOException why = broken;
        if (why != null) {
            return CompletableFuture.failedStage(why);
        }
        Waiting mine = new Waiting(entry, new CompletableFuture<>());
        if (!waiting.offer(mine)) {
            return CompletableFuture.failedStage(new IOException(
                    limits.waitingMax() + " entries wait for the disk of " + path + " already; it is slow, or hangs"));
        }
        if (broken != null) {
            failWaiting(); // it broke in between, and nobody else would
        }
        return mine.saved();
    }

    private void write() {
        try {
            while (true) {
                List<Waiting> batch = new ArrayList<>();
                batch.add(waiting.take());
                waiting.drainTo(batch, FRAME_ENTRIES_MAX - 1);
                append(batch);
            }
        } catch (InterruptedException closed) {
            end(new IOException(path + " is closed"));
        } catch (IOException | RuntimeException | Error failed) { // whatever ends this thread ends the log
            LOG.error(
                    "{} failed ({}): this process accepts nothing more until it is started again",
                    path,
                    failed.toString());
            end(new IOException(
                    path + " failed, start the process again once its disk is well: " + failed.getMessage(), failed));
        }
    }

    private void append(List<Waiting> batch) throws IOException {
        try {
            file.append(batch.stream().map(Waiting::entry).toList());
        } catch (IOException | RuntimeException | Error failed) {
            batch.forEach(each -> each.saved().completeExceptionally(failed));
            throw failed;
        }
        batch.forEach(each -> live.add(each.entry()));
        batch.forEach(each -> each.saved().complete(null));
        if (file.size() > Math.max(limits.compactBytes(), 2 * compactedBytes)) {
            LogFile compact = LogFile.create(path, id, live.fewest());
            file.close();
            file = compact;
            compactedBytes = compact.size();
        }
    }

    private void end(IOException why) {
        broken = why;
        failWaiting();
        try {
            file.close();
            lock.close();
        } catch (IOException ignored) {
            LOG.debug("{} could not be closed", path, ignored);
        }
    }

    private void failWaiting() {
        for (Waiting each = waiting.poll(); each != null; each = waiting.poll()) {
            IOException why = broken;
            each.saved().completeExceptionally(why == null ? new IOException(path + " is closed") : why);
        }
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
