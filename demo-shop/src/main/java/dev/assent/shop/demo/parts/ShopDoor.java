package dev.assent.shop.demo.parts;

import dev.assent.time.Backoff;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Who may check out now. After a checkout that failed because something in the shop was down, customers wait outside,
 * each time longer up to a limit; then one goes in and tries, and the others follow when it was served. Thread-safe.
 */
public final class ShopDoor {
    private static final Backoff PAUSES = new Backoff(100, 2_000);

    private final LongSupplier nanoTime;
    private final SplittableRandom random;
    private boolean outOfBusiness;
    private boolean closed;
    private boolean triedBySomebody;
    private long visit;
    private int failures;
    private long closedUntilNanos;

    /** {@code random} draws how much of each pause is waited: half of it to all. */
    public ShopDoor(LongSupplier nanoTime, SplittableRandom random) {
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /** What a customer who went in hands back with {@link #left}; news from before the door last closed is no news. */
    public record Visit(long number) {}

    /** How it was inside. */
    public enum Experience {
        /** A checkout committed. */
        SERVED,
        /** No stock or no money: says nothing about the parts that were not reached. */
        REFUSED,
        /** Something could not be reached, or there was no certain answer. */
        OUT_OF_ORDER
    }

    /** Blocks until the customer may go in; empty when the shop is out of business. */
    public synchronized Optional<Visit> enter() throws InterruptedException {
        while (!outOfBusiness) {
            long waitNanos = nanosToWait();
            if (waitNanos <= 0) {
                triedBySomebody = closed;
                return Optional.of(new Visit(visit));
            }
            // Rounded up: a wait of 0 ms would be one without end.
            wait(TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
        }
        return Optional.empty();
    }

    /** How long a customer would still have to wait; {@link Long#MAX_VALUE} for the news of the one who tries. */
    public synchronized long nanosToWait() {
        if (!closed) {
            return 0;
        }
        return triedBySomebody ? Long.MAX_VALUE : Math.max(0, closedUntilNanos - nanoTime.getAsLong());
    }

    /** The customer is out again. */
    public synchronized void left(Visit ended, Experience experience) {
        if (ended.number() != visit) {
            return;
        }
        switch (experience) {
            case SERVED -> {
                closed = false;
                failures = 0;
            }
            case REFUSED -> triedBySomebody = false;
            case OUT_OF_ORDER -> shut();
        }
        notifyAll();
    }

    private void shut() {
        failures++;
        long pauseNanos = PAUSES.pause(failures).toNanos();
        visit++;
        closed = true;
        triedBySomebody = false;
        closedUntilNanos = nanoTime.getAsLong() + random.nextLong(pauseNanos / 2, pauseNanos + 1);
    }

    /** Nobody enters any more; who waits is sent away. */
    public synchronized void goOutOfBusiness() {
        outOfBusiness = true;
        notifyAll();
    }
}
