package dev.assent.coordination.replica;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.time.Clock;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes frozen states, to disk or to a member, on threads of its own. The reports come on those threads.
 *
 * <p>When the replica stops, a state that is being written is abandoned: the log has everything that is in it.
 */
final class SnapshotWork {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWork.class);

    private final SnapshotStore store;
    private final Clock clock;
    private final int kept;
    private final ExecutorService threads;
    private final Consumer<Throwable> whenFailed;
    private volatile boolean abandoned;

    SnapshotWork(String name, ReplicaContext surroundings, int kept, Consumer<Throwable> whenFailed) {
        this.store = surroundings.snapshots();
        this.clock = surroundings.clock();
        this.kept = kept;
        this.whenFailed = whenFailed;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Told to a state that is still writing itself. */
    private static final class Abandoned extends IOException {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("the replica stops, and does without this snapshot");
        }
    }

    /** @param whenStored told the zxid up to which the log is no longer needed, if that moved on */
    void store(StateMachine.Snapshot snapshot, Consumer<Optional<Zxid>> whenStored) {
        threads.execute(() -> reportFailure(() -> {
            long start = clock.monotonicMillis();
            store.write(snapshot.zxid(), out -> snapshot.writeTo(new AbandonedOut(out)));
            LOG.info("snapshot of {} written in {} ms", snapshot.zxid(), clock.monotonicMillis() - start);
            if (!abandoned) {
                whenStored.accept(store.purge(kept));
            }
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
        } catch (Abandoned stopping) {
            LOG.info("a snapshot was abandoned: this server stops. The log holds what would have been in it");
        } catch (IOException | RuntimeException | Error e) {
            whenFailed.accept(e);
        }
    }

    /** What is being written ends at its next bytes; nothing more is begun. */
    void abandon() {
        abandoned = true;
        threads.shutdown();
    }

    /** Waits until all has ended; false if that takes longer than {@code millisMax}. */
    boolean awaitEnd(long millisMax) {
        try {
            return threads.awaitTermination(millisMax, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private final class AbandonedOut extends FilterOutputStream {
        AbandonedOut(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int single) throws IOException {
            check();
            out.write(single);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            check();
            out.write(bytes, offset, length);
        }

        private void check() throws Abandoned {
            if (abandoned) {
                throw new Abandoned();
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
