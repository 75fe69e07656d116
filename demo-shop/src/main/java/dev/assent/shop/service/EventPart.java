package dev.assent.shop.service;

import dev.assent.time.Backoff;
import java.io.Closeable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * A part of a service that requests need not wait for, as a consumer of events: it is opened beside the start, again and
 * again until it is open.
 */
public final class EventPart implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(EventPart.class);
    private static final Backoff PAUSES = new Backoff(500, 10_000);

    private final String name;
    private final Opening opening;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Closeable part;
    private @Nullable Thread thread;

    /** Makes the part, ready for work. */
    @FunctionalInterface
    public interface Opening {
        Closeable open() throws IOException, SQLException;
    }

    /** {@code name}: for the log. */
    public EventPart(String name, Opening opening) {
        this.name = name;
        this.opening = opening;
    }

    @Override
    public synchronized void start() {
        thread = new Thread(this::openAtLast, name + "-start");
        thread.start();
    }

    private void openAtLast() {
        int attempt = 0;
        try {
            while (!isOpen()) {
                attempt++;
                if (stopped.await(attempt == 1 ? 0 : PAUSES.pauseMillis(attempt - 1), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The boundary of the thread: whatever keeps the part from opening may pass. */
    private boolean isOpen() {
        try {
            Closeable opened = opening.open();
            synchronized (this) {
                if (stopped.getCount() > 0) {
                    part = opened;
                    return true;
                }
            }
            opened.close();
            return true;
        } catch (IOException | SQLException | RuntimeException away) {
            LOG.warn("{} cannot be opened yet, it is tried again: {}", name, away.toString());
            return false;
        }
    }

    @Override
    public void stop() {
        Closeable opened;
        Thread starting;
        synchronized (this) {
            stopped.countDown();
            opened = part;
            part = null;
            starting = thread;
            thread = null;
        }
        if (starting != null) {
            starting.interrupt();
        }
        if (opened != null) {
            close(opened);
        }
    }

    private void close(Closeable opened) {
        try {
            opened.close();
        } catch (IOException stuck) {
            LOG.warn("{} did not close cleanly: {}", name, stuck.toString());
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
