package dev.assent.coordination.replica;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.SnapshotStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Writes frozen states, to disk or to a member, on threads of its own. The reports come on those threads. */
final class SnapshotWork {
    private static final int CLOSE_SECONDS_MAX = 30;

    private final SnapshotStore store;
    private final int kept;
    private final ExecutorService threads;
    private final Consumer<Throwable> whenFailed;

    SnapshotWork(String name, SnapshotStore store, int kept, Consumer<Throwable> whenFailed) {
        this.store = store;
        this.kept = kept;
        this.whenFailed = whenFailed;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param whenStored told the zxid up to which the log is no longer needed, if that moved on */
    void store(StateMachine.Snapshot snapshot, Consumer<Optional<Zxid>> whenStored) {
        threads.execute(() -> reportFailure(() -> {
            store.write(snapshot.zxid(), snapshot::writeTo);
            whenStored.accept(store.purge(kept));
        }));
    }

    void feed(StateMachine.Snapshot snapshot, SnapshotFeed feed) {
        threads.execute(() -> reportFailure(() -> {
            // Closed only at the end of a whole state: closing makes the last piece.
            OutputStream out = feed.out();
            snapshot.writeTo(out);
            out.close();
        }));
    }

    private void reportFailure(Step step) {
        try {
            step.run();
        } catch (SnapshotFeed.Dropped nobodyWantsTheRest) {
            return;
        } catch (IOException | RuntimeException | Error e) {
            whenFailed.accept(e);
        }
    }

    /** Returns when what was begun has ended. */
    void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                whenFailed.accept(new IOException("a snapshot took more than " + CLOSE_SECONDS_MAX + " s to end"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
