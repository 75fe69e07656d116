package dev.assent.shop.order;

import java.io.Closeable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels, now and then, orders that nobody has paid in time. */
final class OverdueOrders implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(OverdueOrders.class);
    private static final long EVERY_MILLIS = 1_000;

    private final Cancellation cancellation;
    private final Duration after;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "overdue-orders"));

    OverdueOrders(Cancellation cancellation, Duration after) {
        this.cancellation = cancellation;
        this.after = after;
    }

    OverdueOrders start() {
        Future<?> unused = clock.scheduleWithFixedDelay(this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return this;
    }

    /** The thread's boundary. */
    private void look() {
        try {
            int cancelled = cancellation.overdue(after);
            if (cancelled > 0) {
                LOG.warn("{} orders are cancelled: they were not paid within {} s", cancelled, after.toSeconds());
            }
        } catch (SQLException | RuntimeException away) {
            LOG.warn("overdue orders are looked for again in {} ms: {}", EVERY_MILLIS, away.toString());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
