package dev.assent.store;

import dev.assent.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A way to the store that is opened when somebody needs it first, for operators' questions and acts: under a session of its
 * own, so that none of them ever stands before a decision. Thread-safe.
 */
public final class OpenedWhenNeeded<T> implements AutoCloseable {
    /** For a connection, for each request, and for who waits while another one connects. */
    public static final Duration PATIENCE = Duration.ofSeconds(3);
    /** So long after a failure nobody waits for another attempt. */
    static final Duration PAUSE = Duration.ofSeconds(3);

    private final Opening<T> opening;
    private final Consumer<T> closing;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable T opened;
    private boolean closed;
    private long failedNanos;
    private String failure = "";

    /** How it is opened, within {@link #PATIENCE}. */
    public interface Opening<T> {
        T open() throws IOException;
    }

    public OpenedWhenNeeded(Opening<T> opening, Consumer<T> closing, Clock clock) {
        this.opening = opening;
        this.closing = closing;
        this.clock = clock;
    }

    /** The same settings for who opens one: nothing takes longer than {@link #PATIENCE}. */
    public static StoreConfig patient(StoreConfig config) {
        return config.withConnectTimeout(PATIENCE).withRequestTimeout(PATIENCE);
    }

    /**
     * The way to the store, opened if it is not yet.
     *
     * @throws IOException the store cannot be reached now
     */
    public T get() throws IOException {
        T there = opened;
        if (there != null) {
            return there;
        }
        acquire();
        try {
            T meanwhile = opened;
            return meanwhile != null ? meanwhile : open();
        } finally {
            lock.unlock();
        }
    }

    private void acquire() throws IOException {
        try {
            if (!lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the store does not answer, and others wait for it already");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("cut off while the store was waited for", e);
        }
    }

    private T open() throws IOException {
        if (closed) {
            throw new IOException("the process stops");
        }
        if (!failure.isEmpty() && clock.nanos() - failedNanos < PAUSE.toNanos()) {
            throw new IOException(failure);
        }
        try {
            T fresh = opening.open();
            opened = fresh;
            return fresh;
        } catch (IOException away) {
            failure = String.valueOf(away.getMessage());
            failedNanos = clock.nanos();
            throw away;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            T there = opened;
            if (there != null) {
                closing.accept(there);
            }
        } finally {
            lock.unlock();
        }
    }
}
