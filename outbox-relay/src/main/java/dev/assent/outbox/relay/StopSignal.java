package dev.assent.outbox.relay;

import dev.assent.outbox.spi.Pause;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks a worker to stop, and ends its waits early when it does. Safe for use by many threads. */
final class StopSignal implements Pause {
    private final CountDownLatch asked = new CountDownLatch(1);

    void stop() {
        asked.countDown();
    }

    boolean isStopped() {
        return asked.getCount() == 0;
    }

    @Override
    public boolean await(Duration length) {
        try {
            return !asked.await(length.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            return false;
        }
    }
}
