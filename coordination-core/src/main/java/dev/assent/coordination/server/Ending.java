package dev.assent.coordination.server;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server ends: closed by its owner, or of a failure on whichever of its threads. Who waits is told first;
 * cleaning up comes after that, on a thread of its own, since it can fail or hang like what failed before. Thread-safe.
 */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private final CompletableFuture<Optional<Throwable>> told = new CompletableFuture<>();
    private final Descriptors descriptors = Descriptors.withSpares();
    private final Object lock = new Object();
    /** Guarded by {@link #lock}, like {@link #due}: a failure may come before there is anything to clean up. */
    private @Nullable Runnable cleanUp;

    private boolean due;

    /** What closes the server's parts; to be called once there are any. */
    void cleaningUp(Runnable parts) {
        synchronized (lock) {
            cleanUp = parts;
        }
        cleanUpIfDue();
    }

    /** At most once. */
    private void cleanUpIfDue() {
        Runnable parts;
        synchronized (lock) {
            parts = due ? cleanUp : null;
            cleanUp = parts == null ? cleanUp : null;
        }
        if (parts != null) {
            Thread thread = new Thread(parts, "assent-ending");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Something that the server cannot do without has failed; the first such failure counts. */
    void failed(Throwable cause) {
        if (!told.complete(Optional.of(cause))) {
            return;
        }
        descriptors.close();
        LOG.error("this server ends, and acknowledges nothing more", cause);
        synchronized (lock) {
            due = true;
        }
        cleanUpIfDue();
    }

    /** Its owner has closed it. */
    void closed() {
        descriptors.close();
        told.complete(Optional.empty());
    }

    /** Waits for the end: empty if it was closed, else what it failed of. */
    Optional<Throwable> await() throws InterruptedException {
        try {
            return told.get();
        } catch (ExecutionException e) {
            return Optional.of(e);
        }
    }
}
